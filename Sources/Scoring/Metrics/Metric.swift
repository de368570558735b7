import Inference

/// A number to measure on a run: what it is of, its unit, and which way it is good.
public struct Metric: Sendable {
    /// Which token an answer is.
    public enum Token: Sendable, Hashable {
        /// This id.
        case id(Int)
        /// What the corpus item names; it has to be a single token.
        case ofItem
        /// The first token of what the corpus item names.
        case firstOfItem
    }

    /// What probabilities are held against.
    public enum Reference: Sendable {
        /// A run over the same tokens.
        case run(Run)
        /// A run of this model over the same tokens: the unedited one.
        case model(Model)
    }

    /// Where a divergence is taken.
    public enum Extent: Sendable, Hashable {
        /// At one position: the last, unless the metric names another.
        case position
        /// The mean over all positions.
        case everywhere
    }

    public enum Kind: Sendable {
        case logitDifference(answer: Token, wrong: Token)
        case probability(Token)
        case logProbability(Token)
        case rank(Token)
        case loss
        case divergence(from: Reference, Extent)
    }

    public let kind: Kind
    /// The position it reads; nil for the last.
    public let position: Int?
    /// What tables call it, such as `logit-diff " Mary" − " John"`.
    public var label: String

    /// - Parameter label: What tables call it; the metric's name unless given.
    public init(_ kind: Kind, at position: Int? = nil, label: String? = nil) {
        self.kind = kind
        self.position = position
        self.label = label ?? Self.quantity(of: kind).name
    }

    /// The logit of the right answer less that of the wrong one.
    public static func logitDifference(answer: Token = .ofItem, wrong: Token = .ofItem) -> Metric {
        Metric(.logitDifference(answer: answer, wrong: wrong))
    }

    /// The probability of a token.
    public static func probability(_ token: Token = .ofItem) -> Metric { Metric(.probability(token)) }
    /// The natural logarithm of a token's probability.
    public static func logProbability(_ token: Token = .ofItem) -> Metric { Metric(.logProbability(token)) }
    /// How many tokens have a larger logit; among equal ones the lower id comes first.
    public static func rank(_ token: Token = .ofItem) -> Metric { Metric(.rank(token)) }
    /// The mean next-token loss over all positions.
    public static let loss = Metric(.loss)
    /// KL(reference ‖ this).
    public static func divergence(from reference: Reference, _ extent: Extent = .position) -> Metric {
        Metric(.divergence(from: reference, extent))
    }

    /// What kind of number it gives.
    public var quantity: Quantity { Self.quantity(of: kind) }

    /// Its name in the language.
    public var name: String { quantity.name }

    /// - Units: as named.
    public var unit: String { quantity.unit }

    public var direction: Direction { quantity.direction }

    private static func quantity(of kind: Kind) -> Quantity {
        switch kind {
        case .logitDifference: .logitDifference
        case .probability: .probability
        case .logProbability: .logProbability
        case .rank: .rank
        case .loss: .loss
        case .divergence: .divergence
        }
    }
}
