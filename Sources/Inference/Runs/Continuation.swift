import Tensors

/// A sequence being continued token by token: the next token's logits, computed from cached keys and values.
public struct Continuation {
    public let model: Model
    private let engine: Engine
    private var cache: KeyValueCache
    /// The prompt and what was appended.
    public private(set) var tokens: [Int]
    /// Logits of the next token.
    /// - Shape: [vocabulary].
    public private(set) var logits: [Float]

    /// Reads a prompt.
    /// - Throws: `InferenceError` for an empty prompt or a bad id; `Interrupted`.
    public init(_ engine: Engine, model: Model, prompt: [Int]) throws {
        try engine.check(prompt, model)
        self.model = model
        self.engine = engine
        cache = KeyValueCache(layerCount: model.blueprint.layers.count)
        tokens = []
        logits = []
        try extend(prompt)
    }

    /// Appends a token and computes the logits behind it.
    /// - Throws: `InferenceError` for a bad id; `Interrupted`.
    public mutating func append(_ token: Int) throws {
        try engine.check([token], model)
        try extend([token])
    }

    private mutating func extend(_ more: [Int]) throws {
        let held = tokens.count
        let whole = tokens + more
        for intervention in model.interventions { try intervention.check(length: whole.count) }
        let lane = Lane(
            tokens: whole, first: held, start: .tokens, prefix: cache, interventions: [], wanted: [whole.count - 1])
        let results = try engine.forward(
            model, lanes: [lane], layers: model.blueprint.layers.indices, capture: Capture(cache: true))
        cache.append(results[0].cache?.layers ?? [], count: more.count)
        tokens = whole
        logits = engine.logits(model, results[0].output).values(0..<1)
    }
}
