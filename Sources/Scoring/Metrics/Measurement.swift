import Inference

/// A measured number with its unit, direction and n.
public struct Measurement: Sendable, Hashable {
    public let value: Double
    /// How many it is the mean of.
    public let n: Int
    /// What they are: `items`, or `tokens` of a loss.
    public let of: String
    /// The metric's label.
    public let label: String
    public let unit: String
    public let direction: Direction
    /// The standard error of the mean; 0 for a single one.
    public let standardError: Double

    public init(
        value: Double, n: Int, of: String, label: String, unit: String, direction: Direction, standardError: Double
    ) {
        self.value = value
        self.n = n
        self.of = of
        self.label = label
        self.unit = unit
        self.direction = direction
        self.standardError = standardError
    }
}

extension Metric {
    /// Its mean over a corpus: over items, or over tokens for what is itself a mean over positions.
    /// - Parameter corrupt: Whether to run the items' corrupted prompts instead.
    /// - Throws: `ScoringError` as `prepared`, or for an item without a corrupted prompt; what running throws.
    public func mean(
        over corpus: TokenCorpus, model: Model, engine: Engine, corrupt: Bool = false, progress: ((Int) -> Void)? = nil
    ) throws -> Measurement {
        var summary = Summary()
        let sequences = try corpus.items.map { item in
            corrupt ? try item.corruptTokens(in: corpus.name) : item.tokens
        }
        // A divergence runs its reference when it is prepared, so that is left until its turn comes.
        var ready: (item: Int, metric: PreparedMetric)?
        func prepared(_ index: Int) throws -> PreparedMetric {
            if let ready, ready.item == index { return ready.metric }
            let metric = try self.prepared(
                for: sequences[index], item: corpus.items[index], model: model, engine: engine)
            ready = (index, metric)
            return metric
        }
        let wanted = try sequences.map { try positions(for: $0) }
        var request = ScanRequest(sequences: sequences) { wanted[$0] }
        request.progress = progress
        var (sequence, row) = (-1, 0)
        try engine.scan(model, request) { block in
            guard let number = block.sequences.first else { return }
            if number != sequence { (sequence, row) = (number, 0) }
            for value in try prepared(number).rowValues(block.logits, from: row) { summary.add(value) }
            row += block.rowCount
        }
        let isOverTokens = wanted.contains { $0.count > 1 }
        return Measurement(
            value: summary.mean, n: summary.count, of: isOverTokens ? "tokens" : "items", label: label, unit: unit,
            direction: direction, standardError: summary.standardError)
    }
}

extension TokenItem {
    /// The corrupted prompt.
    /// - Throws: `ScoringError` if there is none.
    public func corruptTokens(in corpus: String) throws(ScoringError) -> [Int] {
        guard let corrupt else {
            throw ScoringError(
                code: "corpus.corrupt", subject: corpus, message: "an item has no corrupted prompt",
                remedy: "use items with prompt and corrupt")
        }
        return corrupt
    }
}
