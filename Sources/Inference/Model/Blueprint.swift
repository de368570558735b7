/// A model's numbers and rules: everything that is not a tensor.
public struct Blueprint: Sendable, Hashable {
    /// The family's name, such as `gpt-oss`.
    public var family: String
    public var hiddenSize: Int
    public var vocabularyCount: Int
    /// The positions it was made for.
    public var contextLength: Int
    public var headCount: Int
    public var keyValueHeadCount: Int
    public var headDimension: Int
    /// Added to the mean square in each RMS norm.
    public var normEpsilon: Float
    public var rotary: RotaryRule
    public var router: RouterRule
    public var activation: Activation
    /// What the norms of queries and keys run over, where a model has them.
    public var queryKeyNorm: QueryKeyNorm
    /// Whether the output matrix is the embedding.
    public var tiedEmbeddings: Bool
    public var layers: [LayerBlueprint]

    public init(
        family: String, hiddenSize: Int, vocabularyCount: Int, contextLength: Int, headCount: Int,
        keyValueHeadCount: Int, headDimension: Int, normEpsilon: Float, rotary: RotaryRule, router: RouterRule,
        activation: Activation, queryKeyNorm: QueryKeyNorm = .heads, tiedEmbeddings: Bool, layers: [LayerBlueprint]
    ) {
        self.family = family
        self.hiddenSize = hiddenSize
        self.vocabularyCount = vocabularyCount
        self.contextLength = contextLength
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headDimension = headDimension
        self.normEpsilon = normEpsilon
        self.rotary = rotary
        self.router = router
        self.activation = activation
        self.queryKeyNorm = queryKeyNorm
        self.tiedEmbeddings = tiedEmbeddings
        self.layers = layers
    }

    /// Query heads that share one key-value head.
    public var headsPerGroup: Int { headCount / keyValueHeadCount }

    /// Layers that route between experts, in order.
    public var expertLayers: [Int] { layers.indices.filter { layers[$0].expertCount > 0 } }
}

/// What one layer is made of.
public struct LayerBlueprint: Sendable, Hashable {
    /// Positions a query sees, itself included; nil sees all before it.
    public var window: Int?
    public var feedForward: FeedForward
    /// Channels inside the expert that every token uses beside those it is routed to; nil where there is none.
    public var sharedExpertWidth: Int?

    public init(window: Int?, feedForward: FeedForward, sharedExpertWidth: Int? = nil) {
        self.window = window
        self.feedForward = feedForward
        self.sharedExpertWidth = sharedExpertWidth
    }

    /// The number of experts; 0 in a dense layer.
    public var expertCount: Int {
        if case .experts(let count, _, _) = feedForward { count } else { 0 }
    }

    /// Experts a token uses; 0 in a dense layer.
    public var activeExpertCount: Int {
        if case .experts(_, let active, _) = feedForward { active } else { 0 }
    }

    /// Channels inside the feed-forward part or inside one expert.
    public var feedForwardWidth: Int {
        switch feedForward {
        case .dense(let width), .experts(_, _, let width): width
        }
    }
}

/// The feed-forward part of a layer.
public enum FeedForward: Sendable, Hashable {
    case dense(width: Int)
    case experts(count: Int, active: Int, width: Int)
}

/// How router logits become routing weights.
public enum RouterRule: Sendable, Hashable {
    /// Choose the largest logits, then softmax over those alone (gpt-oss).
    case softmaxOfChosen
    /// Softmax over all, choose the largest, then divide by their sum if `normalized` (Qwen3-MoE).
    case chosenOfSoftmax(normalized: Bool)
}

/// What one RMS norm of queries or keys runs over.
public enum QueryKeyNorm: Sendable, Hashable {
    /// Each head by itself, all heads with one weight (Qwen3).
    case heads
    /// All heads together, before they are told apart (OLMoE).
    case whole
}

/// What stands between an expert's two halves.
public enum Activation: Sendable, Hashable {
    /// silu(gate) × up.
    case swiglu
    /// g = min(gate, limit), u = clamp(up, ±limit), then (u + 1) × g × sigmoid(alpha × g).
    case clampedSwiglu(alpha: Float, limit: Float)
}

/// How positions turn queries and keys: pairs (i, i + d/2) by position × inverse frequency.
public struct RotaryRule: Sendable, Hashable {
    /// How frequencies are stretched beyond the context a model was first trained on.
    public enum Scaling: Sendable, Hashable {
        case none
        case linear(factor: Float)
        case yarn(Yarn)
        /// Each frequency divided by a number of its own (Llama 3).
        /// - Shape: [head dimension / 2].
        case divided([Float])
    }

    /// YaRN's parameters. The reference does not round the ramp's ends; llama.cpp does (`truncated`).
    public struct Yarn: Sendable, Hashable {
        public var factor: Float
        public var originalContext: Int
        public var betaFast: Float
        public var betaSlow: Float
        public var truncated: Bool
        /// What cosine and sine are multiplied by; nil for 0.1 ln(factor) + 1.
        public var attentionFactor: Float?

        public init(
            factor: Float, originalContext: Int, betaFast: Float = 32, betaSlow: Float = 1, truncated: Bool,
            attentionFactor: Float? = nil
        ) {
            self.factor = factor
            self.originalContext = originalContext
            self.betaFast = betaFast
            self.betaSlow = betaSlow
            self.truncated = truncated
            self.attentionFactor = attentionFactor
        }
    }

    public var theta: Float
    public var scaling: Scaling

    public init(theta: Float, scaling: Scaling) {
        self.theta = theta
        self.scaling = scaling
    }
}
