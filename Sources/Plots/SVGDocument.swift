/// Collects the elements of an SVG picture and writes them as one self-contained document.
///
/// No element carries an id, so that several pictures can stand inside one page.
struct SVGDocument {
    /// Where a line of text stands in relation to its point.
    enum Anchor: String {
        case start, middle, end
    }

    static let ink = "#1f2328"
    static let faint = "#59636e"
    static let rule = "#d8dee4"
    private static let fonts = "'Inter','Segoe UI','Helvetica Neue','Noto Sans','DejaVu Sans',Arial,sans-serif"

    private var body: [String] = []

    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, radius: Double = 0,
        tooltip: String? = nil
    ) {
        let corner = radius > 0 ? " rx=\"\(Self.number(radius))\"" : ""
        let head =
            "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0, width)))\""
            + " height=\"\(Self.number(max(0, height)))\"\(corner) fill=\"\(fill)\""
        body.append(head + Self.closing("rect", tooltip))
    }

    mutating func circle(_ x: Double, _ y: Double, radius: Double, fill: String, tooltip: String? = nil) {
        body.append(
            "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" fill=\"\(fill)\""
                + " stroke=\"#ffffff\" stroke-width=\"1\"" + Self.closing("circle", tooltip))
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double = 1) {
        body.append(
            "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\""
                + " y2=\"\(Self.number(y2))\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\"/>")
    }

    mutating func polyline(_ points: [(x: Double, y: Double)], stroke: String, width: Double, dashes: String) {
        let path = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        let dash = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
        body.append(
            "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\""
                + " stroke-linejoin=\"round\" stroke-linecap=\"round\"\(dash)/>")
    }

    mutating func text(
        _ string: String, _ x: Double, _ y: Double, size: Double, fill: String = SVGDocument.ink,
        anchor: Anchor = .start,
        bold: Bool = false, turned degrees: Double = 0, tooltip: String? = nil
    ) {
        let weight = bold ? " font-weight=\"600\"" : ""
        let turn =
            degrees == 0 ? "" : " transform=\"rotate(\(Self.number(degrees)) \(Self.number(x)) \(Self.number(y)))\""
        let note = tooltip.map { "<title>\(Self.escaped($0))</title>" } ?? ""
        body.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\""
                + " text-anchor=\"\(anchor.rawValue)\" fill=\"\(fill)\"\(weight)\(turn)>\(Self.escaped(string))\(note)</text>"
        )
    }

    /// Writes the title and the lines under it at the top left.
    mutating func heading(_ title: String, _ lines: [String], margin: Double) {
        if !title.isEmpty { text(title, margin, margin + 14, size: 17, bold: true) }
        for (index, line) in lines.enumerated() {
            let y = margin + (title.isEmpty ? 10 : 36) + Double(index) * 18
            text(line, margin, y, size: 12.5, fill: Self.faint)
        }
    }

    /// The height that `heading` takes, with the space under it.
    static func headingHeight(_ title: String, _ lines: [String]) -> Double {
        let height = (title.isEmpty ? 0.0 : 26) + Double(lines.count) * 18
        return height > 0 ? height + 14 : 0
    }

    /// Writes the document, with a name and a description for readers who do not see the picture.
    func document(width: Double, height: Double, title: String, description: String) -> String {
        let (w, h) = (Self.number(width.rounded(.up)), Self.number(height.rounded(.up)))
        let head = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" xml:space=\"preserve\" width=\"\(w)\" height=\"\(h)\""
                + " viewBox=\"0 0 \(w) \(h)\" font-family=\"\(Self.fonts)\">",
            "<title>\(Self.escaped(title))</title>",
            "<desc>\(Self.escaped(description))</desc>",
            "<rect width=\"\(w)\" height=\"\(h)\" fill=\"#ffffff\"/>",
        ]
        return (head + body + ["</svg>", ""]).joined(separator: "\n")
    }

    /// Makes any text safe as XML content: markup escaped, characters that XML forbids replaced.
    static func escaped(_ text: String) -> String {
        // By scalar: a combining mark would hide the character that it follows.
        var result = ""
        for scalar in TextColumns.printable(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The width that a text will roughly take, for layout without measuring fonts.
    static func width(of text: String, size: Double) -> Double {
        Double(TextColumns.width(of: TextColumns.printable(text))) * size * 0.58
    }

    /// A coordinate with at most two decimals and a plain minus.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        var text = NumberText.fixed(value, decimals: 2)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text.replacing("−", with: "-")
    }

    private static func closing(_ element: String, _ tooltip: String?) -> String {
        tooltip.map { "><title>\(escaped($0))</title></\(element)>" } ?? "/>"
    }
}
