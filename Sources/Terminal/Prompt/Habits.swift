import Language

/// What people type out of habit from other programs, and what to type here instead.
enum Habits {
    /// The advice for an entry that is not understood; nil where no habit is recognised.
    static func advice(for entry: String) -> String? {
        let entry = entry.trimmed
        if let topic = questioned(entry) { return topic.isEmpty ? "help lists the commands." : "Write help \(topic)." }
        let words = entry.split(whereSeparator: { " \t\n(".contains($0) }).map(String.init)
        guard let first = words.first else { return nil }
        if words.count == 1, ["quit", "exit", "q", "bye", "logout"].contains(bare(first)) {
            return "quit leaves, and so does Ctrl-D."
        }
        if let mark = first.first, ".:\\/!%".contains(mark) { return command(bare(first), rest: words.dropFirst()) }
        switch first {
        case "let", "var", "const", "set":
            guard entry.contains("=") else { return nil }
            return "An assignment is name = value, without \(first)."
        case "import", "from": return "include \"FILE\" runs another script; everything else is there already."
        case ">>>", "$", "#", "In": return "Leave out the other prompt; Lancet's own is taken off by itself."
        case "history": return "The arrow keys and Ctrl-R find earlier entries; save-session writes them as a script."
        case "clear", "cls": return "Ctrl-L clears the screen."
        case "ls", "dir", "cd", "pwd", "cat", "rm":
            return "There is no shell here. Tab inside quotes completes file names."
        default: return nil
        }
    }

    /// The diagnostics, the first with the advice for the entry that caused it.
    static func advised(_ diagnostics: [Diagnostic], on entry: String) -> [Diagnostic] {
        guard let first = diagnostics.first, let code = ErrorCode(rawValue: first.code), notUnderstood.contains(code),
            let advice = advice(for: entry)
        else { return diagnostics }
        let better = Diagnostic(
            first.kind, code, first.message, in: first.source,
            at: first.span, labels: first.labels, help: advice)
        return [better]
    }

    private static let notUnderstood: Set<ErrorCode> = [.spelling, .unexpected, .unknownCommand, .unknownName]

    /// The name in `?name`, `name?`, `name??` and `? name`; empty for a question mark alone.
    private static func questioned(_ entry: String) -> String? {
        guard entry.hasPrefix("?") || entry.hasSuffix("?"), !entry.contains("\"") else { return nil }
        return entry.filter { $0 != "?" }.trimmed
    }

    /// A first word without the marks and brackets that other programs want.
    private static func bare(_ word: String) -> String { String(word.filter { $0.isLetter || $0 == "-" }) }

    private static func command(_ name: String, rest: ArraySlice<String>) -> String {
        switch name {
        case "help", "h": rest.first.map { "Write help \($0)." } ?? "Commands are plain words: help lists them."
        default:
            name.isEmpty ? "help lists the commands." : "Commands are plain words, without a mark: help lists them."
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
