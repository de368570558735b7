extension LineChart {
    private static let markers: [Character] = ["●", "○", "▲", "△", "■", "□"]

    /// Draws the lines with dots of an eighth of a character; where there are several, each place carries its mark.
    public func text(_ options: TextOptions = TextOptions()) -> String {
        let ansi = ANSIColor(depth: options.color)
        var lines = title.isEmpty ? [] : [ansi.bold(TextColumns.printable(title))]
        lines += subtitle.map { TextColumns.printable($0) }
        if series.count > 1 { lines.append(legend(ansi)) }
        if !unit.isEmpty { lines.append(ansi.faint(TextColumns.printable(unit))) }
        if let range {
            lines += drawn(range, options.width, ansi)
        } else {
            lines.append(ansi.faint("(no values)"))
        }
        lines += footer.map { ansi.faint(TextColumns.printable($0)) }
        return lines.joined(separator: "\n")
    }

    private func legend(_ ansi: ANSIColor) -> String {
        series.indices.map { index in
            let mark = String(Self.markers[index % Self.markers.count])
            return ansi.inked(mark, color(index)) + " " + TextColumns.printable(series[index].name)
        }.joined(separator: "   ")
    }

    private func color(_ index: Int) -> PlotColor {
        PlotColor(Self.colors[index % Self.colors.count])
    }

    private func drawn(_ range: (x: Interval, y: Interval), _ width: Int, _ ansi: ANSIColor) -> [String] {
        let rows = 12
        let ticks = AxisTicks(low: range.y.low, high: range.y.high, count: 5)
        let labels = ticks.values.map { ticks.label($0) }
        let labelWidth = labels.map(\.count).max() ?? 0
        let canvas = plotted(range, columns: min(72, max(8, width - labelWidth - 2)), rows: rows)
        let marks = markedCells(range, canvas)
        var labelAt = [String](repeating: "", count: rows)
        for (tick, label) in zip(ticks.values, labels) {
            labelAt[canvas.position(of: (0, range.y.fraction(of: tick))).row] = label
        }
        var lines = (0..<rows).map { row -> String in
            let label = TextColumns.trailing(labelAt[row], width: labelWidth)
            var line = ansi.faint(label + (labelAt[row].isEmpty ? " │" : " ┤"))
            var blanks = ""
            for column in 0..<canvas.columns {
                let cell = canvas.cell(row: row, column: column)
                let owner = marks[row * canvas.columns + column] ?? cell.owner
                let character =
                    marks[row * canvas.columns + column].map { Self.markers[$0 % Self.markers.count] } ?? cell.character
                guard let owner else {
                    blanks.append(" ")
                    continue
                }
                line += blanks + ansi.inked(String(character), color(owner))
                blanks = ""
            }
            return line
        }
        lines += horizontalAxis(range.x, canvas, labelWidth, ansi)
        return lines
    }

    private func plotted(_ range: (x: Interval, y: Interval), columns: Int, rows: Int) -> BrailleCanvas {
        var canvas = BrailleCanvas(columns: columns, rows: rows)
        for (index, line) in series.enumerated() {
            for stretch in stretches(of: line) {
                let points = stretch.map { (x: range.x.fraction(of: $0.x), y: range.y.fraction(of: $0.y)) }
                for (from, to) in zip(points, points.dropFirst() + points.suffix(1)) {
                    canvas.line(from: from, to: to, owner: index)
                }
            }
        }
        return canvas
    }

    /// The cells that show which series passes, by cell number; the first series wins a shared cell.
    private func markedCells(_ range: (x: Interval, y: Interval), _ canvas: BrailleCanvas) -> [Int: Int] {
        guard series.count > 1 else { return [:] }
        var marks: [Int: Int] = [:]
        for (index, line) in series.enumerated().reversed() {
            for point in stretches(of: line).joined() {
                let cell = canvas.position(of: (range.x.fraction(of: point.x), range.y.fraction(of: point.y)))
                marks[cell.row * canvas.columns + cell.column] = index
            }
        }
        return marks
    }

    private func horizontalAxis(_ axis: Interval, _ canvas: BrailleCanvas, _ labelWidth: Int, _ ansi: ANSIColor)
        -> [String]
    {
        let ticks = AxisTicks(low: axis.low, high: axis.high, count: max(2, canvas.columns / 12))
        var rule = [Character](repeating: "─", count: canvas.columns)
        var names = [Character](repeating: " ", count: canvas.columns + 8)
        var end = -1
        for tick in ticks.values {
            let column = canvas.position(of: (axis.fraction(of: tick), 0)).column
            let label = Array(ticks.label(tick))
            let start = max(0, column - label.count / 2)
            guard start > end, start + label.count <= names.count else { continue }
            rule[column] = "┬"
            names.replaceSubrange(start..<start + label.count, with: label)
            end = start + label.count
        }
        while names.last == " " { names.removeLast() }
        let indent = String(repeating: " ", count: labelWidth)
        var lines = [ansi.faint(indent + " └" + String(rule)), ansi.faint(indent + "  " + String(names))]
        if !horizontalTitle.isEmpty { lines.append(ansi.faint(indent + "  " + TextColumns.printable(horizontalTitle))) }
        return lines
    }
}
