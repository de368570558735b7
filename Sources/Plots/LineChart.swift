/// Values along an axis, one line a series: a loss over steps, a metric over the number of experts kept.
public struct LineChart: Plot, Equatable {
    /// A named line.
    public struct Series: Sendable, Equatable {
        /// The name of the line.
        public var name: String
        /// Its values, one at each place of the axis; `nil` marks a hole, at which the line breaks.
        public var values: [Double?]

        /// Creates a series.
        public init(_ name: String, _ values: [Double?]) {
            self.name = name
            self.values = values
        }
    }

    /// What is shown, in a few words.
    public var title: String
    /// Lines under the title.
    public var subtitle: [String]
    /// Lines under the plot.
    public var footer: [String]
    /// The lines.
    public var series: [Series]
    /// The places along the horizontal axis; 0, 1, 2… when empty.
    public var places: [Double]
    /// What the places are: `layer`, `experts kept`.
    public var horizontalTitle: String
    /// What the values are: `nats`, `perplexity`.
    public var unit: String

    /// Creates a line chart.
    public init(
        title: String, subtitle: [String] = [], series: [Series], places: [Double] = [], horizontalTitle: String = "",
        unit: String = "", footer: [String] = []
    ) {
        self.title = title
        self.subtitle = subtitle
        self.series = series
        self.places = places
        self.horizontalTitle = horizontalTitle
        self.unit = unit
        self.footer = footer
    }

    /// A place and a value that can be drawn.
    struct Point {
        let x: Double
        let y: Double
    }

    /// The stretches of a series between its holes.
    func stretches(of series: Series) -> [[Point]] {
        var result: [[Point]] = []
        var current: [Point] = []
        for (index, value) in series.values.enumerated() {
            if let value, value.isFinite, let place = place(at: index) {
                current.append(Point(x: place, y: value))
            } else if !current.isEmpty {
                result.append(current)
                current = []
            }
        }
        return current.isEmpty ? result : result + [current]
    }

    /// The ends of both axes, or nothing where nothing can be drawn.
    var range: (x: Interval, y: Interval)? {
        let points = series.flatMap { stretches(of: $0).joined() }
        guard let first = points.first else { return nil }
        var (x, y) = ((first.x, first.x), (first.y, first.y))
        for point in points {
            x = (min(x.0, point.x), max(x.1, point.x))
            y = (min(y.0, point.y), max(y.1, point.y))
        }
        // A little room above and below, so that no line runs along the frame.
        let room = y.1 - y.0
        if room.isFinite { y = (y.0 - room * 0.04, y.1 + room * 0.04) }
        return (Self.axis(x.0, x.1), Self.axis(y.0, y.1))
    }

    /// An axis needs some length: a single value gets room around it.
    private static func axis(_ low: Double, _ high: Double) -> Interval {
        guard low == high else { return Interval(low: low, high: high) }
        let room = max(abs(low) * 0.1, 0.5)
        let (down, up) = (low - room, high + room)
        if down.isFinite && up.isFinite { return Interval(low: down, high: up) }
        return low > 0 ? Interval(low: low / 2, high: low) : Interval(low: low, high: low / 2)
    }

    private func place(at index: Int) -> Double? {
        guard !places.isEmpty else { return Double(index) }
        return places.indices.contains(index) && places[index].isFinite ? places[index] : nil
    }

    static let colors: [UInt32] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9]
}
