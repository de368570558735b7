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
        let width = max(1, Diagnostic.columns(Diagnostic.printable(source.text(of: marked))))
        let number = String(source.position(of: span.start).line)
        let gutter = String(repeating: " ", count: max(0, 3 - number.count)) + number
        let blank = String(repeating: " ", count: gutter.count)
        var text = style(.gutter, gutter + " │ ") + style(.source, Diagnostic.printable(source.text(of: line))) + "\n"
        text += style(.gutter, blank + " │ ") + String(repeating: " ", count: Diagnostic.columns(before))
        text += style(.mark, String(repeating: "~", count: width))
        if let note { text += " " + style(.note, note) }
        return text + "\n"
    }

    /// Terminal columns: East Asian wide characters and emoji take two.
    private static func columns(_ text: String) -> Int {
        let wide: [ClosedRange<UInt32>] = [
            0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
        ]
        return text.reduce(0) { columns, character in
            let first = character.unicodeScalars.first?.value ?? 0
            return columns + (wide.contains { $0.contains(first) } ? 2 : 1)
        }
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
