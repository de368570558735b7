/// A table of numbers as coloured cells: heads by layers, positions by layers, experts by layers.
public struct Heatmap: Plot, Equatable {
    /// What is shown, in a few words.
    public var title: String
    /// Lines under the title: the metric, its ends, what was measured.
    public var subtitle: [String]
    /// Lines under the plot: counts, precision, time.
    public var footer: [String]
    /// Names of the rows, from the top; missing ones are blank.
    public var rowLabels: [String]
    /// Names of the columns, from the left; missing ones are blank.
    public var columnLabels: [String]
    /// What the rows are: `layer`.
    public var rowTitle: String
    /// What the columns are: `head`.
    public var columnTitle: String
    /// What the numbers are, beside the colour bar: `restored`, `nats`.
    public var unit: String
    /// The values by row; `nil` marks a hole, which is not a zero: a layer without experts, a cell not computed.
    ///
    /// - Shape: `[row, column]`; short rows end in holes.
    public var values: [[Double?]]
    /// The range that the colours cover.
    public var scale: ValueScale
    /// Decimals of each number; chosen from the values when `nil`.
    public var decimals: Int?

    /// Creates a heatmap, with the range chosen from the values unless given.
    public init(
        title: String, subtitle: [String] = [], rowLabels: [String], columnLabels: [String], rowTitle: String = "",
        columnTitle: String = "", unit: String = "", values: [[Double?]], scale: ValueScale? = nil,
        decimals: Int? = nil,
        footer: [String] = []
    ) {
        self.title = title
        self.subtitle = subtitle
        self.footer = footer
        self.rowLabels = rowLabels
        self.columnLabels = columnLabels
        self.rowTitle = rowTitle
        self.columnTitle = columnTitle
        self.unit = unit
        self.values = values
        self.scale = scale ?? .automatic(for: values.joined().compactMap { $0 })
        self.decimals = decimals
    }

    /// How many columns there are: as many as the longest row or the labels name.
    public var columnCount: Int {
        max(columnLabels.count, values.map(\.count).max() ?? 0)
    }

    func value(_ row: Int, _ column: Int) -> Double? {
        values[row].indices.contains(column) ? values[row][column] : nil
    }

    func rowLabel(_ row: Int) -> String {
        rowLabels.indices.contains(row) ? TextColumns.printable(rowLabels[row]) : ""
    }

    func columnLabel(_ column: Int) -> String {
        columnLabels.indices.contains(column) ? TextColumns.printable(columnLabels[column]) : ""
    }

    var format: CellFormat {
        CellFormat(for: values.joined().compactMap { $0 }, decimals: decimals)
    }
}
