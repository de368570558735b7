extension Heatmap {
    /// Draws the values as a grid of numbers; the strongest carry a shade, or a coloured ground where there is colour.
    ///
    /// Columns that do not fit beside each other follow below in further blocks; where those would be more than four,
    /// one character stands for each value.
    public func text(_ options: TextOptions = TextOptions()) -> String {
        let ansi = ANSIColor(depth: options.color)
        var lines = heading(ansi)
        let columns = columnCount
        if values.isEmpty || columns == 0 {
            lines.append(ansi.faint("(no values)"))
        } else {
            let grid = Grid(self, width: options.width, shaded: options.color == .none)
            // Numbers that fill screens show no pattern; they are in the values, and in the SVG's tooltips.
            if columns > max(32, 4 * grid.columnsPerBlock) {
                lines += overview(options)
                return (lines + footer.map { ansi.faint(TextColumns.printable($0)) }).joined(separator: "\n")
            }
            for start in stride(from: 0, to: columns, by: grid.columnsPerBlock) {
                if start > 0 { lines.append("") }
                lines += block(start..<min(start + grid.columnsPerBlock, columns), grid, ansi)
            }
        }
        lines += footer.map { ansi.faint(TextColumns.printable($0)) }
        return lines.joined(separator: "\n")
    }

    private func heading(_ ansi: ANSIColor) -> [String] {
        var lines = title.isEmpty ? [] : [ansi.bold(TextColumns.printable(title))]
        lines += subtitle.map { TextColumns.printable($0) }
        let note = format.note
        if !note.isEmpty { lines.append(ansi.faint("values \(note)")) }
        return lines
    }

    private func block(_ columns: Range<Int>, _ grid: Grid, _ ansi: ANSIColor) -> [String] {
        let indent = String(repeating: " ", count: grid.labelWidth)
        var lines: [String] = []
        if columns.contains(where: { !columnLabel($0).isEmpty }) {
            let labels = columns.map { column in
                TextColumns.trailing(
                    TextColumns.truncated(columnLabel(column), to: grid.cellWidth - 1), width: grid.cellWidth)
            }
            lines.append(ansi.faint(indent + labels.joined()))
        }
        for row in values.indices {
            let label = TextColumns.truncated(rowLabel(row), to: grid.labelWidth)
            let cells = columns.map { column -> String in
                let cell = TextColumns.trailing(grid.body(of: value(row, column)), width: grid.cellWidth)
                guard let value = value(row, column), !value.isNaN else { return cell }
                return ansi.onGround(cell, scale.color(of: value))
            }
            lines.append(ansi.faint(TextColumns.leading(label, width: grid.labelWidth)) + cells.joined())
        }
        return lines
    }

    /// The measures of the grid: one width for all cells, one for the row labels.
    private struct Grid {
        let labelWidth: Int
        let cellWidth: Int
        let columnsPerBlock: Int
        private let format: CellFormat
        private let scale: ValueScale
        private let shaded: Bool

        init(_ map: Heatmap, width: Int, shaded: Bool) {
            format = map.format
            scale = map.scale
            self.shaded = shaded
            labelWidth = min(
                map.values.indices.map { TextColumns.width(of: map.rowLabel($0)) }.max() ?? 0, width / 3, 24)
            var body = 1
            for row in map.values {
                for value in row {
                    body = max(body, TextColumns.width(of: Self.body(of: value, map.format, map.scale, shaded)))
                }
            }
            // Long labels (tokens) widen the cells only as far as all columns still stand in one block.
            let columns = map.columnCount
            let longest = (0..<columns).map { TextColumns.width(of: map.columnLabel($0)) }.max() ?? 0
            let room = max(1, width - labelWidth)
            let narrow = min(body + 2, room)
            let wanted = max(narrow, min(longest, 12) + 1)
            cellWidth = min(room, max(narrow, min(wanted, max(room / max(columns, 1), min(wanted, 7)))))
            columnsPerBlock = max(1, room / cellWidth)
        }

        func body(of value: Double?) -> String { Self.body(of: value, format, scale, shaded) }

        private static func body(of value: Double?, _ format: CellFormat, _ scale: ValueScale, _ shaded: Bool) -> String
        {
            guard let value else { return "·" }
            let number = format.text(value)
            guard shaded, !value.isNaN else { return number }
            let strength = abs(scale.fraction(of: value))
            return (strength >= 0.75 ? "▓" : strength >= 0.5 ? "▒" : strength >= 0.25 ? "░" : "") + number
        }
    }
}
