extension Heatmap {
    /// Draws one character a value, for tables whose numbers would fill many screens: layers by a hundred experts.
    func overview(_ options: TextOptions) -> [String] {
        let ansi = ANSIColor(depth: options.color)
        let labelWidth = min(
            values.indices.map { TextColumns.width(of: rowLabel($0)) }.max() ?? 0, options.width / 3, 24)
        let fitting = max(1, options.width - labelWidth - 1)
        // Blocks of whole tens begin at round labels.
        let room = fitting >= columnCount || fitting < 10 ? fitting : fitting / 10 * 10
        var lines: [String] = []
        for start in stride(from: 0, to: columnCount, by: room) {
            if start > 0 { lines.append("") }
            let columns = start..<min(start + room, columnCount)
            lines.append(ansi.faint(String(repeating: " ", count: labelWidth + 1) + ruler(columns)))
            for row in values.indices {
                let label = TextColumns.leading(TextColumns.truncated(rowLabel(row), to: labelWidth), width: labelWidth)
                lines.append(ansi.faint(label) + " " + columns.map { cell(value(row, $0), ansi) }.joined())
            }
        }
        return lines + [legend(ansi)]
    }

    private func cell(_ value: Double?, _ ansi: ANSIColor) -> String {
        guard let value else { return "·" }
        guard !value.isNaN else { return "?" }
        if ansi.depth != .none { return ansi.onGround(" ", scale.color(of: value)) }
        let fraction = scale.fraction(of: value)
        let strength = abs(fraction)
        let level = strength >= 0.75 ? 3 : strength >= 0.5 ? 2 : strength >= 0.25 ? 1 : 0
        return fraction < 0 ? [" ", "-", "=", "≡"][level] : [" ", "░", "▒", "▓"][level]
    }

    /// Labels where they fit above their columns, from the left.
    private func ruler(_ columns: Range<Int>) -> String {
        var line = ""
        var next = columns.lowerBound
        for column in columns where column >= next {
            let label = columnLabel(column)
            let width = TextColumns.width(of: label)
            // Every fifth column at the most, so that whole numbers come at round places.
            guard (column - columns.lowerBound) % 5 == 0, width > 0, column + width <= columns.upperBound else {
                continue
            }
            line = TextColumns.leading(line, width: column - columns.lowerBound) + label
            next = column + width + 1
        }
        return line
    }

    private func legend(_ ansi: ANSIColor) -> String {
        let format = format
        let ends = (format.text(scale.low), format.text(scale.high))
        if ansi.depth != .none {
            let ramp = (0..<20).map { step -> String in
                let value = scale.low + (scale.high - scale.low) * Double(step) / 19
                return ansi.onGround(" ", scale.color(of: value))
            }
            return "\(ends.0) \(ramp.joined()) \(ends.1)   · no value"
        }
        let steps = [0.25, 0.5, 0.75].map { fraction in
            format.text(scale.isDiverging ? scale.high * fraction : scale.low + (scale.high - scale.low) * fraction)
        }
        let positive = zip(["░", "▒", "▓"], steps).map { "\($0) \($1)" }.joined(separator: "  ")
        let negative =
            scale.isDiverging ? "   " + zip(["-", "=", "≡"], steps).map { "\($0) −\($1)" }.joined(separator: "  ") : ""
        return "from \(positive)\(negative)   · no value"
    }
}
