extension Diagnostic {
    /// What a piece of a rendered diagnostic is, so that a terminal can colour it.
    public enum Role: Sendable {
        /// `error E014:`
        case heading
        /// The message itself.
        case message
        /// Line numbers, the rule beside them, the file's name.
        case gutter
        /// The script's own text.
        case source
        /// `~~~~` under the words at fault.
        case mark
        /// Words about a second place, or about the calls that led here.
        case note
        /// `help: …`
        case help
    }

    /// The diagnostic as text, each piece passed through `style`; plain without one.
    public func rendered(style: (Role, String) -> String = { _, text in text }) -> String {
        let position = source.position(of: span.start)
        var text = style(.heading, "error \(code):") + " " + style(.message, message) + "\n"
        if !source.name.isEmpty {
            text += style(.gutter, "  in \(source.name):\(position.line):\(position.column)") + "\n"
        }
        text += excerpt(of: span, note: nil, style: style)
        for label in labels { text += excerpt(of: label.span, note: label.text, style: style) }
        for call in trace.prefix(5) { text += style(.note, call) + "\n" }
        if let help { text += style(.help, "help:") + " " + help + "\n" }
        return text
    }

    private func excerpt(of span: Span, note: String?, style: (Role, String) -> String) -> String {
        let line = source.lineSpan(of: span.start)
        let marked = Span(span.start, min(span.end, line.end))
        let before = Diagnostic.printable(source.text(of: Span(line.start, span.start)))
        let width = max(1, source.text(of: marked).count)
        let number = String(source.position(of: span.start).line)
        let gutter = String(repeating: " ", count: max(0, 3 - number.count)) + number
        let blank = String(repeating: " ", count: gutter.count)
        var text = style(.gutter, gutter + " │ ") + style(.source, Diagnostic.printable(source.text(of: line))) + "\n"
        text += style(.gutter, blank + " │ ") + String(repeating: " ", count: before.count)
        text += style(.mark, String(repeating: "~", count: width))
        if let note { text += " " + style(.note, note) }
        return text + "\n"
    }

    /// One visible character for each, so that marks line up and nothing reaches the terminal as a control code.
    private static func printable(_ text: String) -> String {
        String(
            text.map { character in
                if character == "\t" { return " " }
                let isControl = character.unicodeScalars.contains { $0.value < 32 || (127..<160).contains($0.value) }
                return isControl ? "\u{FFFD}" : character
            })
    }
}
