extension Heatmap {
    /// Draws the values as coloured cells with a colour bar; each cell tells its place and value when pointed at.
    public func svg() -> String {
        let frame = Frame(self)
        var picture = SVGDocument()
        picture.heading(title, subtitle, margin: frame.margin)
        drawCells(&picture, frame)
        drawLabels(&picture, frame)
        if !values.isEmpty && columnCount > 0 { drawColorBar(&picture, frame) }
        for (index, line) in footer.enumerated() {
            let y = frame.footerTop + Double(index) * 17
            picture.text(line, frame.margin, y, size: 11.5, fill: SVGDocument.faint)
        }
        return picture.document(
            width: frame.width, height: frame.height, title: title.isEmpty ? "Heatmap" : title, description: description
        )
    }

    private var description: String {
        let known = values.joined().compactMap { $0 }
        var parts = subtitle
        parts.append("Heatmap of \(values.count) rows by \(columnCount) columns")
        if let low = known.filter(\.isFinite).min(), let high = known.filter(\.isFinite).max() {
            parts.append(
                "values from \(NumberText.general(low)) to \(NumberText.general(high))\(unit.isEmpty ? "" : " " + unit)"
            )
        }
        let holes = values.count * columnCount - known.count
        if holes > 0 { parts.append("\(holes) cells without a value") }
        return parts.joined(separator: "; ")
    }

    private func drawCells(_ picture: inout SVGDocument, _ frame: Frame) {
        if values.isEmpty || columnCount == 0 {
            picture.text("no values", frame.left, frame.top + 20, size: 13, fill: SVGDocument.faint)
            return
        }
        let format = format
        // A hair of white between cells; none where they are so small that it would eat the colour.
        let gap = min(frame.cellWidth, frame.cellHeight) >= 12 ? 1.0 : 0
        for row in values.indices {
            for column in 0..<columnCount {
                let (x, y) = (frame.left + Double(column) * frame.cellWidth, frame.top + Double(row) * frame.cellHeight)
                let value = value(row, column)
                let known = value.flatMap { $0.isNaN ? nil : $0 }
                let color = known.map { scale.color(of: $0) }
                picture.rectangle(
                    x, y, frame.cellWidth - gap, frame.cellHeight - gap, fill: color?.hex ?? "#eceff2",
                    radius: gap > 0 ? 2 : 0, tooltip: tooltip(row, column, value))
                guard frame.showsNumbers else { continue }
                picture.text(
                    value.map(format.text) ?? "·", x + (frame.cellWidth - gap) / 2,
                    y + (frame.cellHeight - gap) / 2 + 4,
                    size: 11.5, fill: color?.wantsLightText == true ? "#ffffff" : SVGDocument.ink, anchor: .middle,
                    tooltip: tooltip(row, column, value))
            }
        }
    }

    private func tooltip(_ row: Int, _ column: Int, _ value: Double?) -> String {
        let place = [(rowTitle, rowLabel(row)), (columnTitle, columnLabel(column))]
            .map { $0.isEmpty ? $1 : "\($0) \($1)" }.filter { !$0.isEmpty }.joined(separator: ", ")
        let number = value.map { NumberText.general($0, significant: 5) } ?? "no value"
        return place + ": " + number + (unit.isEmpty || value == nil ? "" : " " + unit)
    }

    private func drawLabels(_ picture: inout SVGDocument, _ frame: Frame) {
        guard !values.isEmpty, columnCount > 0 else { return }
        let rowStep = max(1, Int((13 / frame.cellHeight).rounded(.up)))
        for row in stride(from: 0, to: values.count, by: rowStep) {
            let y = frame.top + (Double(row) + 0.5) * frame.cellHeight + 4
            picture.text(
                TextColumns.truncated(rowLabel(row), to: 32), frame.left - 8, y, size: 12, anchor: .end,
                tooltip: rowLabel(row))
        }
        let crowd = Int(((frame.turned ? 14 : frame.labelSpan + 6) / frame.cellWidth).rounded(.up))
        let columnStep = [1, 2, 5, 10, 20, 50, 100, 200, 500].first { $0 >= crowd } ?? max(1, crowd)
        for column in stride(from: 0, to: columnCount, by: columnStep) {
            let x = frame.left + (Double(column) + 0.5) * frame.cellWidth
            let label = TextColumns.truncated(columnLabel(column), to: 24)
            picture.text(
                label, frame.turned ? x + 4 : x, frame.bottom + (frame.turned ? 14 : 17), size: 12,
                anchor: frame.turned ? .end : .middle, turned: frame.turned ? -45 : 0, tooltip: columnLabel(column))
        }
        if !columnTitle.isEmpty {
            picture.text(
                columnTitle, (frame.left + frame.right) / 2, frame.bottom + frame.columnLabelHeight + 14, size: 12.5,
                fill: SVGDocument.faint, anchor: .middle)
        }
        if !rowTitle.isEmpty {
            let y = (frame.top + frame.bottom) / 2
            picture.text(
                rowTitle, frame.margin + 10, y, size: 12.5, fill: SVGDocument.faint, anchor: .middle, turned: -90)
        }
    }

    private func drawColorBar(_ picture: inout SVGDocument, _ frame: Frame) {
        let (x, steps) = (frame.right + 26, 64)
        let height = max(frame.bottom - frame.top, 96)
        let axis = Interval(low: scale.low, high: scale.high)
        for step in 0..<steps {
            let place = (Double(step) + 0.5) / Double(steps)
            let color = scale.isDiverging ? ColorRamp.diverging.color(at: place) : ColorRamp.sequential.color(at: place)
            let y = frame.top + height * (1 - Double(step + 1) / Double(steps))
            // Overlapping by half a unit hides the seams that antialiasing would leave.
            picture.rectangle(x, y, 14, height / Double(steps) + (step == 0 ? 0 : 0.5), fill: color.hex)
        }
        let ticks = AxisTicks(low: axis.low, high: axis.high, count: min(6, max(2, Int(height / 40))))
        for tick in ticks.values where axis.high > axis.low {
            let y = frame.top + height * (1 - axis.fraction(of: tick))
            picture.line(x + 14, y, x + 18, y, stroke: SVGDocument.faint)
            picture.text(ticks.label(tick), x + 22, y + 4, size: 11.5, fill: SVGDocument.faint)
        }
        let caption = [unit, format.note.isEmpty || !frame.showsNumbers ? "" : "cells \(format.note)"]
            .filter { !$0.isEmpty }.joined(separator: " · ")
        if !caption.isEmpty {
            picture.text(
                caption, x + 74, frame.top + height / 2, size: 12, fill: SVGDocument.faint, anchor: .middle, turned: 90)
        }
    }

    /// Where everything stands, in SVG units.
    private struct Frame {
        let margin = 22.0
        let left: Double
        let top: Double
        let right: Double
        let bottom: Double
        let cellWidth: Double
        let cellHeight: Double
        let showsNumbers: Bool
        let labelSpan: Double
        let turned: Bool
        let columnLabelHeight: Double
        let footerTop: Double
        let width: Double
        let height: Double

        init(_ map: Heatmap) {
            let (rows, columns) = (map.values.count, map.columnCount)
            let format = map.format
            let longest = map.values.joined().compactMap { $0 }.map { format.text($0).count }.max() ?? 1
            showsNumbers = columns <= 24 && rows <= 48 && longest <= 9
            let roomy = showsNumbers ? max(46, Double(longest) * 7 + 12) : 22
            cellWidth = columns == 0 ? 46 : min(roomy, max(3, 900 / Double(columns)))
            cellHeight = rows == 0 ? 30 : showsNumbers ? 30 : min(22, max(3, 700 / Double(rows)))
            func span(_ labels: [String], limit: Int) -> Double {
                labels.map { SVGDocument.width(of: TextColumns.truncated($0, to: limit), size: 12) }.max() ?? 0
            }
            let rowSpan = span(map.values.indices.map { map.rowLabel($0) }, limit: 32)
            labelSpan = span((0..<columns).map { map.columnLabel($0) }, limit: 24)
            turned = labelSpan + 8 > cellWidth && labelSpan > 26
            columnLabelHeight = labelSpan == 0 ? 4 : turned ? labelSpan * 0.72 + 16 : 22
            left = margin + (map.rowTitle.isEmpty ? 0 : 24) + rowSpan + 12
            let heading = SVGDocument.headingHeight(map.title, map.subtitle)
            top = margin + heading
            right = left + cellWidth * Double(max(columns, 4))
            bottom = top + cellHeight * Double(max(rows, 1))
            let plotBottom = max(bottom + columnLabelHeight + (map.columnTitle.isEmpty ? 0 : 22), top + 104)
            footerTop = plotBottom + 22
            height = map.footer.isEmpty ? plotBottom + margin : footerTop + Double(map.footer.count - 1) * 17 + margin
            let lines =
                ([map.title].map { SVGDocument.width(of: $0, size: 18.5) }
                    + (map.subtitle + map.footer).map { SVGDocument.width(of: $0, size: 12.5) })
            width = max(right + 26 + 96 + margin, margin * 2 + (lines.max() ?? 0))
        }
    }
}
