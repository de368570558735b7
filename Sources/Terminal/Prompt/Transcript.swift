/// Text pasted from a session: its prompts are taken off.
enum Transcript {
    /// The entry without the prompt that begins its lines; an entry without prompts stays as it is.
    static func withoutPrompts(_ entry: String) -> String {
        let lines = entry.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.contains(where: { $0.hasPrefix("lancet> ") }) else { return entry }
        return lines.filter { $0.hasPrefix("lancet> ") }.map { $0.dropFirst(8) }.joined(separator: "\n")
    }
}
