import Tensors

/// A model's pass over one sequence, from which any site's value can be had.
///
/// It keeps the residual stream entering each layer and the keys and values; another site's value is computed again from
/// those when it is asked for, to the same bits.
public final class Run: Sendable {
    /// The model it ran, as it was then.
    public let model: Model
    public let tokens: [Int]
    /// What was changed beside the model's own interventions.
    public let interventions: [Intervention]
    /// How many rows each of `interventions` changed.
    public let fired: [Int]
    let engine: Engine
    /// How it was computed.
    public var arithmetic: Arithmetic { engine.arithmetic }
    /// The residual stream entering each layer, and behind the last.
    let residuals: [Rows]
    let cache: KeyValueCache

    init(
        model: Model, tokens: [Int], interventions: [Intervention], fired: [Int], engine: Engine, residuals: [Rows],
        cache: KeyValueCache
    ) {
        self.model = model
        self.tokens = tokens
        self.interventions = interventions
        self.fired = fired
        self.engine = engine
        self.residuals = residuals
        self.cache = cache
    }

    /// Next-token logits at some positions.
    /// - Shape: [position, vocabulary].
    public func logits(at positions: [Int]) -> Tensor {
        let rows = engine.logits(model, residuals[residuals.count - 1].gathered(positions))
        return rows.tensor(0..<rows.count, shape: [rows.width], axes: ["position", "vocabulary"])
    }

    /// Next-token logits at every position.
    public var logits: Tensor { logits(at: Array(tokens.indices)) }
}

extension Engine {
    /// Runs a model over one sequence.
    /// - Throws: `InferenceError` if the sequence is empty, holds an id outside the vocabulary, or is longer than an
    ///   edit has values for; `Interrupted`.
    public func run(_ model: Model, tokens: [Int], interventions: [Intervention] = []) throws -> Run {
        try check(tokens, model)
        for intervention in model.interventions + interventions { try intervention.check(length: tokens.count) }
        let lane = Lane(tokens: tokens, first: 0, start: .tokens, interventions: interventions)
        let layers = model.blueprint.layers.indices
        let results = try forward(model, lanes: [lane], layers: layers, capture: Capture(residuals: true, cache: true))
        let result = results[0]
        var residuals = layers.compactMap { result.residuals[$0] }
        residuals.append(result.output)
        var cache = KeyValueCache(
            model.blueprint, arithmetic.cache, keepsWindowsAlone: false, capacity: tokens.count)
        cache.append(result.own, count: tokens.count)
        return Run(
            model: model, tokens: tokens, interventions: interventions, fired: result.fired, engine: self,
            residuals: residuals, cache: cache)
    }

    func check(_ tokens: [Int], _ model: Model) throws(InferenceError) {
        guard !tokens.isEmpty else {
            throw InferenceError(
                code: "run.empty", subject: "run", message: "there are no tokens to run",
                remedy: "give a text of at least one token, or ids as in run m [11, 42, 7]")
        }
        let count = model.blueprint.vocabularyCount
        if let bad = tokens.first(where: { $0 < 0 || $0 >= count }) {
            throw InferenceError(
                code: "run.token", subject: "token id \(bad)", message: "the vocabulary has ids 0…\(count - 1)",
                remedy: "use an id in that range")
        }
    }
}
