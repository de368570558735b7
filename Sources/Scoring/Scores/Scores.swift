import Tensors

/// How much each expert, or each head, of a model matters by one criterion.
public struct Scores: Sendable, Hashable {
    /// The criterion's name.
    public let criterion: String
    /// What columns are: `expert` or `head`.
    public let axis: String
    /// A row a layer; nil where the layer has none, as a dense layer has no experts.
    public let values: [[Double]?]
    /// Tokens that each score comes from; nil where it needs none.
    public let counts: [[Int]?]?
    public let unit: String
    /// Whether a higher score means more important.
    public let direction: Direction
    /// The corpus it was measured over; nil for a criterion of the weights alone.
    public let corpus: String?
    /// Tokens of the corpus.
    public let tokenCount: Int
    /// What to keep in mind: experts scored from too few tokens.
    public let warnings: [String]

    /// Fewer tokens than this make a score too uncertain to go unmentioned.
    public static let leastTokens = 32

    /// - Parameter values: A row a layer, nil for a layer without.
    public init(
        criterion: String, axis: String, values: [[Double]?], counts: [[Int]?]? = nil, unit: String,
        direction: Direction, corpus: String? = nil, tokenCount: Int = 0
    ) {
        self.criterion = criterion
        self.axis = axis
        self.values = values
        self.counts = counts
        self.unit = unit
        self.direction = direction
        self.corpus = corpus
        self.tokenCount = tokenCount
        warnings = Self.warnings(counts, criterion: criterion)
    }

    /// The scores as a table; not a number in holes.
    /// - Shape: [layer, expert] or [layer, head].
    public var tensor: Tensor {
        let width = values.compactMap { $0?.count }.max() ?? 0
        var result = Tensor(shape: [values.count, width], axes: ["layer", axis], repeating: .nan)
        for (layer, row) in values.enumerated() {
            for (column, value) in (row ?? []).enumerated() { result.values[layer * width + column] = Float(value) }
        }
        return result
    }

    /// The columns of a layer, the most important first; equal ones by index, a score that is not a number last.
    func ranked(_ layer: Int) -> [Int] {
        guard let row = values[layer] else { return [] }
        let sign: Double = direction == .higher ? 1 : -1
        let keys = row.map { $0.isNaN ? -Double.infinity : sign * $0 }
        return row.indices.sorted { (keys[$1], $0) < (keys[$0], $1) }
    }

    private static func warnings(_ counts: [[Int]?]?, criterion: String) -> [String] {
        guard let counts else { return [] }
        var few: [String] = []
        for (layer, row) in counts.enumerated() {
            for (expert, count) in (row ?? []).enumerated() where count < leastTokens {
                few.append("L\(layer)E\(expert) (\(count))")
            }
        }
        guard !few.isEmpty else { return [] }
        let shown = few.prefix(8).joined(separator: ", ") + (few.count > 8 ? ", …" : "")
        return [
            "\(few.count) experts are scored by \(criterion) from fewer than \(leastTokens) tokens: \(shown); "
                + "use a larger corpus"
        ]
    }
}
