/// What a tensor is for, whatever its name in a file: the key of a model's tensor table.
public struct Role: Hashable, Sendable {
    /// The parts a model is made of, in the order of the data's way through a layer.
    public enum Part: Int, CaseIterable, Sendable {
        case embedding
        /// What each rotary frequency is divided by, where a file says so in a tensor (GGUF of Llama 3).
        case rotaryDivisors
        case attentionNorm
        case query, queryBias, queryNorm
        case key, keyBias, keyNorm
        case value, valueBias
        case sinks
        case attentionOutput, attentionOutputBias
        case feedForwardNorm
        case router, routerBias
        case gate, gateBias
        case up, upBias
        case down, downBias
        /// The expert that every token uses, and the row whose product with a token says how much it counts.
        case sharedExpertGate, sharedGate, sharedUp, sharedDown
        case finalNorm
        case output
    }

    public let part: Part
    /// The layer, nil for what stands outside the layers.
    public let layer: Int?
    /// The expert, nil for what is not an expert's.
    public let expert: Int?

    public init(_ part: Part, layer: Int? = nil, expert: Int? = nil) {
        self.part = part
        self.layer = layer
        self.expert = expert
    }

    /// One number rather than three: a pass looks up each expert's tensors.
    public func hash(into hasher: inout Hasher) {
        hasher.combine((part.rawValue &* 4096 &+ (layer ?? -1)) &* 65536 &+ (expert ?? -1))
    }
}

extension Role: Comparable {
    /// The order of the data's way: embedding, layers by number, within a layer by part and expert, then the end.
    public static func < (a: Role, b: Role) -> Bool { a.rank.lexicographicallyPrecedes(b.rank) }

    private var rank: [Int] {
        let stage = part == .embedding ? 0 : layer == nil ? 2 : 1
        return [stage, layer ?? 0, part.rawValue, expert ?? -1]
    }
}
