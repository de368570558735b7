/// One number for each of some named things, as bars from zero.
public struct BarChart: Plot, Equatable {
    /// A named number.
    public struct Bar: Sendable, Equatable {
        /// The name of the thing.
        public var label: String
        /// Its number; `nil` marks a hole, which is not a zero.
        public var value: Double?

        /// Creates a bar.
        public init(_ label: String, _ value: Double?) {
            self.label = label
            self.value = value
        }
    }

    /// What is shown, in a few words.
    public var title: String
    /// Lines under the title.
    public var subtitle: [String]
    /// Lines under the plot.
    public var footer: [String]
    /// The bars, from the top.
    public var bars: [Bar]
    /// What the numbers are: `nats`, `share`.
    public var unit: String
    /// Decimals of each number; chosen from the values when `nil`.
    public var decimals: Int?

    /// Creates a bar chart.
    public init(
        title: String, subtitle: [String] = [], bars: [Bar], unit: String = "", decimals: Int? = nil,
        footer: [String] = []
    ) {
        self.title = title
        self.subtitle = subtitle
        self.bars = bars
        self.unit = unit
        self.decimals = decimals
        self.footer = footer
    }

    var format: CellFormat { CellFormat(for: bars.compactMap(\.value), decimals: decimals) }

    /// The axis: from the extreme finite values to zero; what lies outside ends at its edge.
    var axis: Interval {
        let finite = bars.compactMap(\.value).filter(\.isFinite)
        let (low, high) = (min(0, finite.min() ?? 0), max(0, finite.max() ?? 0))
        return Interval(low: low, high: low == high ? 1 : high)
    }
}
