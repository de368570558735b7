extension LineChart {
    private static let dashes = ["", "6 4", "2 4", "10 4 2 4", "4 2", "12 5"]

    /// Draws the lines over a light grid with a legend; each point tells its place and value when pointed at.
    public func svg() -> String {
        let margin = 22.0
        let heading = SVGDocument.headingHeight(title, subtitle)
        let area = Area(left: margin + (unit.isEmpty ? 46 : 68), top: margin + heading, width: 560, height: 300)
        var picture = SVGDocument()
        picture.heading(title, subtitle, margin: margin)
        if let range {
            drawAxes(&picture, range, area, margin)
            for index in series.indices { draw(index, &picture, range, area) }
        } else {
            picture.text("no values", area.left, area.top + 20, size: 13, fill: SVGDocument.faint)
        }
        let legendWidth = series.count > 1 ? drawLegend(&picture, area) : 0
        var bottom = area.bottom + 26 + (horizontalTitle.isEmpty ? 0 : 20)
        for line in footer {
            picture.text(line, margin, bottom + 10, size: 11.5, fill: SVGDocument.faint)
            bottom += 17
        }
        let lines =
            [SVGDocument.width(of: title, size: 18.5)]
            + (subtitle + footer).map { SVGDocument.width(of: $0, size: 12.5) }
        let width = max(area.right + legendWidth + margin + 8, (lines.max() ?? 0) + 2 * margin)
        return picture.document(
            width: width, height: bottom + margin - 6, title: title.isEmpty ? "Line chart" : title,
            description: description)
    }

    private struct Area {
        let left: Double
        let top: Double
        let width: Double
        let height: Double
        var right: Double { left + width }
        var bottom: Double { top + height }

        func point(_ point: Point, _ range: (x: Interval, y: Interval)) -> (x: Double, y: Double) {
            (left + range.x.fraction(of: point.x) * width, bottom - range.y.fraction(of: point.y) * height)
        }
    }

    private var description: String {
        let parts = series.map { line -> String in
            let values = line.values.compactMap { $0 }.filter(\.isFinite)
            guard let low = values.min(), let high = values.max() else { return "\(line.name): no values" }
            return "\(line.name): \(values.count) values from \(NumberText.general(low)) to \(NumberText.general(high))"
        }
        let axes = [horizontalTitle.isEmpty ? "" : " over \(horizontalTitle)", unit.isEmpty ? "" : " in \(unit)"]
            .joined()
        return (subtitle + ["Line chart\(axes)"] + parts).joined(separator: "; ")
    }

    private func drawAxes(
        _ picture: inout SVGDocument, _ range: (x: Interval, y: Interval), _ area: Area, _ margin: Double
    ) {
        let vertical = AxisTicks(low: range.y.low, high: range.y.high, count: 6)
        for tick in vertical.values {
            let y = area.bottom - range.y.fraction(of: tick) * area.height
            picture.line(area.left, y, area.right, y, stroke: SVGDocument.rule)
            picture.text(vertical.label(tick), area.left - 8, y + 4, size: 11.5, fill: SVGDocument.faint, anchor: .end)
        }
        let horizontal = AxisTicks(low: range.x.low, high: range.x.high, count: 8)
        picture.line(area.left, area.bottom, area.right, area.bottom, stroke: SVGDocument.faint)
        for tick in horizontal.values {
            let x = area.left + range.x.fraction(of: tick) * area.width
            picture.line(x, area.bottom, x, area.bottom + 5, stroke: SVGDocument.faint)
            picture.text(
                horizontal.label(tick), x, area.bottom + 19, size: 11.5, fill: SVGDocument.faint, anchor: .middle)
        }
        if !horizontalTitle.isEmpty {
            picture.text(
                horizontalTitle, area.left + area.width / 2, area.bottom + 40, size: 12.5, fill: SVGDocument.faint,
                anchor: .middle)
        }
        if !unit.isEmpty {
            picture.text(
                unit, margin + 10, area.top + area.height / 2, size: 12.5, fill: SVGDocument.faint, anchor: .middle,
                turned: -90)
        }
    }

    private func draw(_ index: Int, _ picture: inout SVGDocument, _ range: (x: Interval, y: Interval), _ area: Area) {
        let color = PlotColor(Self.colors[index % Self.colors.count]).hex
        let stretches = stretches(of: series[index])
        for stretch in stretches where stretch.count > 1 {
            picture.polyline(
                stretch.map { area.point($0, range) }, stroke: color, width: 2.2,
                dashes: Self.dashes[index % Self.dashes.count])
        }
        for stretch in stretches {
            // Many points merge into the line anyway; a lone one between holes would vanish without its dot.
            guard series[index].values.count <= 80 || stretch.count == 1 else { continue }
            for value in stretch {
                let (x, y) = area.point(value, range)
                let note =
                    "\(series[index].name) at \(NumberText.general(value.x)): \(NumberText.general(value.y, significant: 5))"
                picture.circle(x, y, radius: 3.6, fill: color, tooltip: note)
            }
        }
    }

    private func drawLegend(_ picture: inout SVGDocument, _ area: Area) -> Double {
        for index in series.indices {
            let (x, y) = (area.right + 22, area.top + 8 + Double(index) * 20)
            let color = PlotColor(Self.colors[index % Self.colors.count]).hex
            picture.polyline(
                [(x, y), (x + 26, y)], stroke: color, width: 2.2, dashes: Self.dashes[index % Self.dashes.count])
            picture.circle(x + 13, y, radius: 3.6, fill: color)
            let name = TextColumns.truncated(TextColumns.printable(series[index].name), to: 32)
            picture.text(name, x + 34, y + 4, size: 12, tooltip: series[index].name)
        }
        let names = series.map { SVGDocument.width(of: TextColumns.truncated($0.name, to: 32), size: 12) }
        return 22 + 34 + (names.max() ?? 0) + 12
    }
}
