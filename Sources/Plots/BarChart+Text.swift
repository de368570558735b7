extension BarChart {
    /// Draws one line a bar: its name, its number, and a bar in eighths of a character from a common zero.
    public func text(_ options: TextOptions = TextOptions()) -> String {
        let ansi = ANSIColor(depth: options.color)
        var lines = title.isEmpty ? [] : [ansi.bold(TextColumns.printable(title))]
        lines += subtitle.map { TextColumns.printable($0) }
        let caption = [TextColumns.printable(unit), format.note].filter { !$0.isEmpty }.joined(separator: " ")
        if !caption.isEmpty { lines.append(ansi.faint("values in \(caption)")) }
        lines += bars.isEmpty ? [ansi.faint("(no values)")] : body(options.width, ansi)
        lines += footer.map { ansi.faint(TextColumns.printable($0)) }
        return lines.joined(separator: "\n")
    }

    private func body(_ width: Int, _ ansi: ANSIColor) -> [String] {
        let labels = bars.map { TextColumns.printable($0.label) }
        let labelWidth = min(labels.map { TextColumns.width(of: $0) }.max() ?? 0, max(8, width / 3))
        let numbers = bars.map { $0.value.map(format.text) ?? "·" }
        let numberWidth = numbers.map(\.count).max() ?? 1
        let room = min(60, max(4, width - labelWidth - numberWidth - 5))
        let zero = Int((axis.fraction(of: 0) * Double(room)).rounded(.up))
        return bars.indices.map { index in
            let label = TextColumns.leading(TextColumns.truncated(labels[index], to: labelWidth), width: labelWidth)
            let head = "\(ansi.faint(label))  \(TextColumns.trailing(numbers[index], width: numberWidth))"
            guard let value = bars[index].value, !value.isNaN, value != 0 else { return head }
            let color = value < 0 ? ColorRamp.diverging.color(at: 0.25) : ColorRamp.diverging.color(at: 0.8)
            let (indent, bar) = drawn(value, room: room, zero: zero)
            guard !bar.isEmpty else { return head }
            return head + "  " + String(repeating: " ", count: indent) + ansi.inked(bar, color)
        }
    }

    /// Eighths exist only as blocks that grow from the left, so a negative bar is rounded to halves.
    private func drawn(_ value: Double, room: Int, zero: Int) -> (indent: Int, bar: String) {
        if value < 0 {
            let halves = max(1, Int(((axis.fraction(of: 0) - axis.fraction(of: value)) * Double(room) * 2).rounded()))
            let cells = (halves + 1) / 2
            return (max(0, zero - cells), (halves % 2 == 1 ? "▐" : "") + String(repeating: "█", count: halves / 2))
        }
        let eighths = max(1, Int(((axis.fraction(of: value) - axis.fraction(of: 0)) * Double(room) * 8).rounded()))
        let tips = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return (zero, String(repeating: "█", count: eighths / 8) + tips[eighths % 8])
    }
}
