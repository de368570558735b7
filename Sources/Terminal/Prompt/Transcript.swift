/// Text pasted from a session: its prompts are taken off, and what was printed between them left out.
enum Transcript {
    static let prompt = "lancet> "

    /// The entry without the prompts that begin its lines; an entry without prompts stays as it is.
    /// - Parameter isIncomplete: whether an entry goes on in the line after it.
    static func withoutPrompts(_ entry: String, isIncomplete: (String) -> Bool) -> String {
        let lines = entry.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.contains(where: { $0.hasPrefix(prompt) }) else { return entry }
        var entries: [String] = []
        var isOpen = false
        for line in lines {
            if line.hasPrefix(prompt) {
                entries.append(String(line.dropFirst(prompt.count)))
            } else if isOpen, let last = entries.popLast() {
                entries.append(last + "\n" + line)
            } else {
                continue
            }
            isOpen = entries.last.map(isIncomplete) ?? false
        }
        return entries.joined(separator: "\n")
    }
}
