import Foundation
import Plots
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct SVGTests {
    static let hostile = "<a href=\"x\">&'\u{0}\u{1B}]]>\u{202E}<\u{338}"

    static let plots: [any Plot] = [
        HeatmapTextTests.heads,
        Heatmap(
            title: hostile, subtitle: [hostile], rowLabels: [hostile], columnLabels: [hostile], rowTitle: hostile,
            columnTitle: hostile, unit: hostile, values: [[1, nil], [.nan]], footer: [hostile]),
        Heatmap(title: "", rowLabels: [], columnLabels: [], values: []),
        Heatmap(title: "", rowLabels: [], columnLabels: [], values: [[nil]]),
        Heatmap(title: "", rowLabels: [], columnLabels: [], values: [[.infinity, -.infinity, .nan]]),
        Heatmap(
            title: "", rowLabels: [], columnLabels: [], values: [[.greatestFiniteMagnitude, -.greatestFiniteMagnitude]]),
        Heatmap(
            title: "", rowLabels: [], columnLabels: [],
            values: Array(repeating: Array(repeating: 0.5, count: 300), count: 90)),
        BarChart(title: hostile, bars: [.init(hostile, 1), .init("b", nil), .init("c", -.infinity)], unit: hostile),
        BarChart(title: "", bars: []),
        LineChart(title: hostile, series: [.init(hostile, [1, nil, 2, 3]), .init("b", [.nan, 5, -.infinity, 1])]),
        LineChart(title: "", series: []),
        LineChart(title: "", series: [.init("s", [7])], places: [.infinity]),
    ]

    @Test(arguments: plots.indices) func everyPictureIsWellFormedAndSelfContained(index: Int) throws {
        let svg = Self.plots[index].svg()
        let parser = XMLParser(data: Data(svg.utf8))
        let reader = SVGReader()
        parser.delegate = reader
        #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") in \(svg.prefix(400))")
        #expect(Array(reader.elements.prefix(3)) == ["svg", "title", "desc"])
        #expect(
            reader.elements.allSatisfy {
                ["svg", "title", "desc", "rect", "text", "line", "polyline", "circle"].contains($0)
            })
        #expect(!reader.firstTitle.isEmpty)
        #expect(!svg.contains("href=\"x\"") && !svg.contains("url(") && !svg.contains("id="))
        #expect(!svg.contains("=\"nan\"") && !svg.contains("∞\""))
        for number in reader.coordinates { #expect(abs(number) < 5000) }
    }

    @Test func aCellTellsItsPlaceAndValue() {
        let svg = HeatmapTextTests.heads.svg()
        #expect(svg.contains("<title>layer L2, head 3: 0.58 restored</title>"))
        #expect(svg.contains("values from −0.14 to 0.58 restored"))
    }

    @Test func longTablesLeaveOutTheNumbersAndKeepTheCells() {
        let map = Heatmap(
            title: "", rowLabels: [], columnLabels: (0..<128).map { String($0) },
            values: (0..<4).map { row in (0..<128).map { Double(row * $0) } })
        let svg = map.svg()
        #expect(svg.components(separatedBy: "<rect ").count - 1 >= 4 * 128)
        #expect(svg.contains(">120<title>"))
        #expect(!svg.contains(">121<title>"))
    }

    @Test func theSameValuesGiveTheSamePicture() {
        #expect(HeatmapTextTests.heads.svg() == HeatmapTextTests.heads.svg())
    }

    /// What survives every kind of colour blindness is lightness, so it must fall steadily.
    @Test func sequentialColoursDarkenSteadily() throws {
        let values = (0...20).map { Double($0) }
        let svg = Heatmap(title: "", rowLabels: [], columnLabels: [], values: [values]).svg()
        let fills = svg.components(separatedBy: "rx=\"2\" fill=\"#").dropFirst().prefix(21).map { String($0.prefix(6)) }
        let luminances = try fills.map { fill -> Double in
            let hex = try #require(Int(fill, radix: 16))
            func linear(_ channel: Int) -> Double { pow(Double(channel) / 255, 2.2) }
            return 0.2126 * linear(hex >> 16) + 0.7152 * linear(hex >> 8 & 255) + 0.0722 * linear(hex & 255)
        }
        #expect(luminances.count == 21)
        for (light, dark) in zip(luminances, luminances.dropFirst()) { #expect(dark < light - 0.005) }
    }
}

private final class SVGReader: NSObject, XMLParserDelegate {
    var elements: [String] = []
    var coordinates: [Double] = []
    var firstTitle = ""

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(element)
        for name in ["x", "y", "width", "height", "x1", "y1", "x2", "y2", "cx", "cy"] {
            if let value = attributes[name] { coordinates.append(Double(value) ?? .infinity) }
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if elements == ["svg", "title"] { firstTitle += string }
    }
}
