import Inference
import Kernels
import Tensors

/// How far a model has moved from another over a text.
public struct Comparison: Sendable {
    public let windowLength: Int
    public let windowCount: Int
    /// Losses of the scored tokens, the second half of each window.
    public let losses: Summary
    public let baseLosses: Summary
    /// KL(base ‖ model) at the scored positions.
    /// - Units: nats.
    public let divergences: Quantiles
    public let divergence: Summary
    /// Scored positions at which both have the same first choice.
    public let sameTop: Int
    /// For each layer, the share of the base's chosen experts that the model chooses for the same token, counted by the
    /// base's expert numbers; nil in a layer without experts.
    public let routerAgreement: [Double?]
    /// - Units: bytes of tensors.
    public let bytes: Int
    public let baseBytes: Int

    /// e to the mean loss.
    public var perplexity: Double { Elementary.exponential(losses.mean) }
    public var basePerplexity: Double { Elementary.exponential(baseLosses.mean) }
    /// perplexity / base perplexity.
    public var ratio: Double { Elementary.exponential(losses.mean - baseLosses.mean) }
    /// The share of positions with the same first choice.
    public var topAgreement: Double { Double(sameTop) / Double(losses.count) }
    /// Positions scored.
    public var n: Int { losses.count }

    /// The quantiles that a table shows.
    public static let shownQuantiles = [0.5, 0.9, 0.95, 0.99, 0.999, 1]

    /// Compares a model to a base over a windowed corpus.
    /// - Parameters:
    ///   - baseEngine: What runs the base, if it is to be computed otherwise than the model.
    ///   - experts: For each layer, the base's numbers of the model's experts; nil where they are numbered alike.
    ///   - firstToken: As in `Perplexity.measure`.
    /// - Throws: `ScoringError` if the corpus has no windows or the vocabularies differ; what running throws.
    public static func measure(
        _ model: Model, to base: Model, over corpus: TokenCorpus, engine: Engine, baseEngine: Engine? = nil,
        experts: [[Int]?]? = nil,
        firstToken: Int? = nil, progress: ((Int) -> Void)? = nil
    ) throws -> Comparison {
        let length = try corpus.windows(for: "compare")
        guard model.blueprint.vocabularyCount == base.blueprint.vocabularyCount else {
            throw ScoringError(
                code: "compare.vocabulary", subject: "compare",
                message:
                    "the vocabularies hold \(model.blueprint.vocabularyCount) and "
                    + "\(base.blueprint.vocabularyCount) tokens",
                remedy: "compare models of one tokenizer")
        }
        var tally = ComparisonTally(model, base, experts)
        for (number, item) in corpus.items.enumerated() {
            progress?(number)
            let tokens = firstToken.map { [$0] + item.tokens.dropFirst() } ?? item.tokens
            let positions = Array(length / 2..<tokens.count - 1)
            let before = try (baseEngine ?? engine).watched(base, tokens, at: positions)
            let after = try engine.watched(model, tokens, at: positions)
            tally.add(tokens, positions, before, after, engine.compute)
        }
        progress?(corpus.items.count)
        return Comparison(
            windowLength: length, windowCount: corpus.items.count, losses: tally.losses, baseLosses: tally.baseLosses,
            divergences: Quantiles(tally.divergences), divergence: tally.divergence, sameTop: tally.sameTop,
            routerAgreement: tally.agreement, bytes: model.byteCount, baseBytes: base.byteCount)
    }
}

/// Some logits of a sequence, and the experts chosen at all its positions.
struct WatchedRun {
    /// - Shape: [position × vocabulary].
    var logits: [Float] = []
    /// By layer: chosen experts and how many a token.
    var choices: [Int: (experts: [Int], slots: Int)] = [:]
}

extension Engine {
    func watched(_ model: Model, _ tokens: [Int], at positions: [Int]) throws -> WatchedRun {
        var result = WatchedRun()
        result.logits.reserveCapacity(positions.count * model.blueprint.vocabularyCount)
        var request = ScanRequest(sequences: [tokens]) { _ in positions }
        request.observer = { seen, _ in result.choices[seen.layer] = (seen.indices, seen.slotCount) }
        try scan(model, request) { result.logits += $0.logits }
        return result
    }
}
