import Inference
import Kernels
import Tensors

/// A model's passes over a text, kept so that copies of it with other weights can be held against them cheaply: a copy's
/// pass begins at the first layer that differs.
public struct Baseline: Sendable {
    public let model: Model
    public let corpus: String
    /// Positions at which probabilities are held against each other: the second half of each window, or of each item.
    public let n: Int
    private let runs: [Run]
    private let positions: [[Int]]
    /// - Shape: for each run, [position, vocabulary].
    private let logits: [Tensor]
    private let engine: Engine

    /// Logits that are kept at most.
    private static let logitLimit = 1 << 26

    /// Runs a model over a corpus.
    ///
    /// It holds the residual stream at every layer, keys and values, and logits of at most 256 MiB: where more would be
    /// needed, of positions at even distances.
    /// - Parameter firstToken: As in `Perplexity.measure`.
    /// - Throws: `ScoringError` for a corpus without a position to compare; what running throws.
    public init(
        _ model: Model, over corpus: TokenCorpus, engine: Engine, firstToken: Int? = nil,
        progress: ((Int) -> Void)? = nil
    ) throws {
        self.model = model
        self.corpus = corpus.name
        self.engine = engine
        let isWindowed = corpus.windowLength != nil
        var (runs, positions): ([Run], [[Int]]) = ([], [])
        let all = corpus.items.reduce(0) { $0 + ($1.tokens.count + 1) / 2 }
        let step = 1 + all * model.blueprint.vocabularyCount / Self.logitLimit
        for (number, item) in corpus.items.enumerated() where !item.tokens.isEmpty {
            progress?(number)
            let tokens = isWindowed ? firstToken.map { [$0] + item.tokens.dropFirst() } ?? item.tokens : item.tokens
            runs.append(try engine.run(model, tokens: tokens))
            positions.append(stride(from: tokens.count - 1, through: tokens.count / 2, by: -step).reversed())
        }
        guard !runs.isEmpty else {
            throw ScoringError(
                code: "corpus.empty", subject: corpus.name, message: "it holds no tokens to compare models on",
                remedy: "use a longer text")
        }
        self.runs = runs
        self.positions = positions
        n = positions.reduce(0) { $0 + $1.count }
        logits = zip(runs, positions).map { $0.logits(at: $1) }
    }

    /// The mean KL(this ‖ copy) over the positions.
    /// - Parameter layer: The first layer whose weights differ; nil if the embedding does, the number of layers if only
    ///   the last norm or the output does.
    /// - Units: nats.
    /// - Throws: `Interrupted`.
    public func divergence(of copy: Model, from layer: Int?) throws -> Double {
        let theirs = try engine.logits(copy, resuming: runs, from: layer, at: positions)
        let count = model.blueprint.vocabularyCount
        var sum = 0.0
        for (ours, theirs) in zip(logits, theirs) {
            let rows = ours.values.count / count
            let values = ours.values.withUnsafeBufferPointer { p in
                theirs.values.withUnsafeBufferPointer { q -> [Double] in
                    guard let p = p.baseAddress, let q = q.baseAddress else { return [] }
                    return [Double](unsafeUninitializedCapacity: rows) { buffer, filled in
                        if let target = buffer.baseAddress {
                            engine.compute.pool.forEach(rows) { row in
                                (target + row).initialize(
                                    to: Divergence.between(p + row * count, q + row * count, count: count))
                            }
                        }
                        filled = rows
                    }
                }
            }
            sum += values.reduce(0, +)
        }
        return sum / Double(n)
    }
}
