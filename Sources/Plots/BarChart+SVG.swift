extension BarChart {
    /// Draws horizontal bars from a common zero over a labelled axis; each bar tells its value when pointed at.
    public func svg() -> String {
        var picture = SVGDocument()
        let margin = 22.0
        let labels = bars.map { TextColumns.truncated(TextColumns.printable($0.label), to: 40) }
        let labelSpan = labels.map { SVGDocument.width(of: $0, size: 12) }.max() ?? 0
        let heading = SVGDocument.headingHeight(title, subtitle)
        let (left, top) = (margin + labelSpan + 12, margin + heading)
        let (span, pitch) = (520.0, bars.count > 60 ? 14.0 : 24.0)
        let bottom = top + pitch * Double(max(bars.count, 1))
        picture.heading(title, subtitle, margin: margin)
        drawAxis(&picture, left: left, span: span, top: top, bottom: bottom)
        for (index, bar) in bars.enumerated() {
            let y = top + Double(index) * pitch
            picture.text(
                labels[index], left - 8, y + pitch / 2 + 4, size: min(12, pitch - 2), anchor: .end, tooltip: bar.label)
            draw(bar, &picture, left: left, span: span, y: y, pitch: pitch)
        }
        if bars.isEmpty { picture.text("no values", left, top + 16, size: 13, fill: SVGDocument.faint) }
        var height = bottom + 26 + (unit.isEmpty ? 0 : 18)
        for line in footer {
            picture.text(line, margin, height + 8, size: 11.5, fill: SVGDocument.faint)
            height += 17
        }
        let lines =
            [SVGDocument.width(of: title, size: 18.5)]
            + (subtitle + footer).map { SVGDocument.width(of: $0, size: 12.5) }
        let width = max(left + span + 72 + margin, (lines.max() ?? 0) + 2 * margin)
        return picture.document(
            width: width, height: height + margin - 8, title: title.isEmpty ? "Bar chart" : title,
            description: description)
    }

    private var description: String {
        let shown = bars.prefix(200).map { bar in
            bar.label + ": " + (bar.value.map { NumberText.general($0) } ?? "no value")
        }
        let more = bars.count > shown.count ? ["and \(bars.count - shown.count) more"] : []
        return (subtitle + ["Bar chart of \(bars.count) values" + (unit.isEmpty ? "" : " in \(unit)")] + shown + more)
            .joined(separator: "; ")
    }

    private func drawAxis(_ picture: inout SVGDocument, left: Double, span: Double, top: Double, bottom: Double) {
        let ticks = AxisTicks(low: axis.low, high: axis.high, count: 6)
        for tick in ticks.values {
            let x = left + axis.fraction(of: tick) * span
            picture.line(x, top, x, bottom, stroke: tick == 0 ? SVGDocument.faint : SVGDocument.rule)
            picture.text(ticks.label(tick), x, bottom + 16, size: 11.5, fill: SVGDocument.faint, anchor: .middle)
        }
        if !unit.isEmpty {
            picture.text(unit, left + span / 2, bottom + 34, size: 12.5, fill: SVGDocument.faint, anchor: .middle)
        }
    }

    private func draw(
        _ bar: Bar, _ picture: inout SVGDocument, left: Double, span: Double, y: Double, pitch: Double
    ) {
        let note = bar.label + ": " + (bar.value.map { NumberText.general($0, significant: 5) } ?? "no value")
        let zero = left + axis.fraction(of: 0) * span
        let end = bar.value.map { $0.isNaN ? zero : left + axis.fraction(of: $0) * span } ?? zero
        let negative = (bar.value ?? 0) < 0
        let color = negative ? ColorRamp.diverging.color(at: 0.18) : ColorRamp.diverging.color(at: 0.82)
        picture.rectangle(
            min(zero, end), y + pitch * 0.16, abs(end - zero), pitch * 0.68, fill: color.hex, radius: 2, tooltip: note)
        // Beside the bar on the positive side, where no bar of this row is.
        picture.text(
            bar.value.map(format.text) ?? "·", max(zero, end) + 6, y + pitch / 2 + 4, size: min(11.5, pitch - 2),
            fill: SVGDocument.ink, tooltip: note)
    }
}
