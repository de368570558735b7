import Tensors

/// A sequence being continued token by token: the next token's logits, computed from cached keys and values.
public struct Continuation {
    public let model: Model
    private let engine: Engine
    /// The keys and values so far: of windowed layers no more than their windows.
    public private(set) var cache: KeyValueCache
    /// The prompt and what was appended.
    public private(set) var tokens: [Int]
    /// Logits of the next token.
    /// - Shape: [vocabulary].
    public private(set) var logits: [Float]

    /// Reads a prompt, some of it at a time.
    /// - Parameter capacity: positions that the cache shall have room for; beyond, it grows.
    /// - Throws: `InferenceError` for an empty prompt or a bad id; `Interrupted`.
    public init(_ engine: Engine, model: Model, prompt: [Int], capacity: Int = 0) throws {
        try engine.check(prompt, model)
        self.model = model
        self.engine = engine
        cache = KeyValueCache(
            model.blueprint, engine.arithmetic.cache, keepsWindowsAlone: true, capacity: max(capacity, prompt.count))
        tokens = []
        logits = []
        for start in stride(from: 0, to: prompt.count, by: Engine.rowLimit) {
            let end = min(start + Engine.rowLimit, prompt.count)
            try extend(Array(prompt[start..<end]), isRead: end == prompt.count)
        }
    }

    /// Appends a token and computes the logits behind it.
    /// - Throws: `InferenceError` for a bad id; `Interrupted`.
    public mutating func append(_ token: Int) throws {
        try engine.check([token], model)
        try extend([token], isRead: true)
    }

    /// - Parameter isRead: whether the logits behind the last of the tokens are wanted.
    private mutating func extend(_ more: [Int], isRead: Bool) throws {
        let whole = tokens + more
        for intervention in model.interventions { try intervention.check(length: whole.count) }
        let result = try pass(whole)
        cache.append(result.own, count: more.count)
        tokens = whole
        if isRead { logits = engine.logits(model, result.output).values(0..<1) }
    }

    /// Goes through the tokens that the cache does not hold. It lends the cache out, and has it back when it returns, so
    /// that the cache can grow where it lies.
    private func pass(_ whole: [Int]) throws -> LaneResult {
        let lane = Lane(
            tokens: whole, first: tokens.count, start: .tokens, prefix: cache, interventions: [],
            wanted: [whole.count - 1])
        return try engine.forward(
            model, lanes: [lane], layers: model.blueprint.layers.indices, capture: Capture(cache: true))[0]
    }
}
