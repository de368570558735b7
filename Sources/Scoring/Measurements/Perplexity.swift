import Inference
import Kernels

/// How well a model predicts a text, counted as llama-perplexity counts.
///
/// Windows do not overlap, and in each only the second half is scored, so that every scored token has at least half a
/// window before it. The mean loss over all positions stands beside it.
/// - Source: llama.cpp, `tools/perplexity/perplexity.cpp`.
public struct Perplexity: Sendable {
    /// - Units: tokens.
    public let windowLength: Int
    public let windowCount: Int
    /// Losses of the scored tokens: the second half of each window.
    /// - Units: nats.
    public let scored: Summary
    /// Losses at all positions.
    public let everywhere: Summary
    /// Losses at all positions of each family, in the order of the corpus.
    public let families: [FamilyLoss]

    /// One family's losses.
    public struct FamilyLoss: Sendable {
        public let family: String
        public let losses: Summary
    }

    /// e to the mean loss of the scored tokens.
    public var value: Double { Elementary.exponential(scored.mean) }
    /// - Units: as `value`.
    public var standardError: Double { value * scored.standardError }
    /// The mean loss over all positions.
    /// - Units: nats a token.
    public var loss: Double { everywhere.mean }

    /// Measures a model over a windowed corpus.
    /// - Parameter firstToken: What stands in place of each window's first token: the beginning-of-sequence token where
    ///   the vocabulary asks for one, as llama-perplexity does it.
    /// - Throws: `ScoringError` if the corpus has no windows; what running throws.
    public static func measure(
        _ model: Model, over corpus: TokenCorpus, engine: Engine, firstToken: Int? = nil,
        progress: ((Int) -> Void)? = nil
    ) throws -> Perplexity {
        let length = try corpus.windows(for: "perplexity")
        var (scored, everywhere) = (Summary(), Summary())
        var byFamily: [String: Summary] = [:]
        let sequences = corpus.items.map { item in firstToken.map { [$0] + item.tokens.dropFirst() } ?? item.tokens }
        try engine.losses(model, sequences: sequences, progress: progress) { sequence, losses in
            var own = Summary()
            for (position, loss) in losses.enumerated() {
                own.add(loss)
                everywhere.add(loss)
                if position >= length / 2 { scored.add(loss) }
            }
            if let family = corpus.items[sequence].family { byFamily[family, default: Summary()].add(own) }
        }
        return Perplexity(
            windowLength: length, windowCount: corpus.items.count, scored: scored, everywhere: everywhere,
            families: corpus.families.map { FamilyLoss(family: $0, losses: byFamily[$0] ?? Summary()) })
    }
}

extension TokenCorpus {
    /// The length of its windows.
    /// - Throws: `ScoringError` if its items have their own lengths.
    func windows(for measurement: String) throws(ScoringError) -> Int {
        guard let windowLength else {
            throw ScoringError(
                code: "corpus.items", subject: name,
                message: "\(measurement) is counted over windows of running text, and these are single items",
                remedy: "use a text, or measure loss, which takes any corpus")
        }
        return windowLength
    }
}

extension Engine {
    /// The loss of every next token of some sequences, a sequence at a time and in order.
    /// - Parameter deliver: Takes a sequence's number and its losses: entry i is that of token i + 1.
    func losses(
        _ model: Model, sequences: [[Int]], progress: ((Int) -> Void)? = nil, deliver: (Int, [Double]) throws -> Void
    ) throws {
        var request = ScanRequest(sequences: sequences) { Array(0..<sequences[$0].count - 1) }
        request.progress = progress
        var pending: [Double] = []
        try scan(model, request) { block in
            guard let sequence = block.sequences.first else { return }
            let (tokens, first) = (sequences[sequence], pending.count)
            pending += block.map(on: compute.pool) { row, logits in
                -Metric.logProbability(logits, block.vocabularyCount, tokens[first + row + 1])
            }
            if pending.count == tokens.count - 1 {
                try deliver(sequence, pending)
                pending = []
            }
        }
    }
}
