/// What kind of number a metric gives: its name, its unit, and which way it is good.
public enum Quantity: String, Sendable, CaseIterable {
    case logitDifference = "logit-diff"
    case probability = "prob"
    case logProbability = "logprob"
    case rank
    case loss
    case divergence = "kl"

    /// Its name in the language.
    public var name: String { rawValue }

    /// - Units: as named.
    public var unit: String {
        switch self {
        case .logitDifference: "logits"
        case .probability: "probability"
        case .logProbability: "nats"
        case .rank: "places from the top"
        case .loss: "nats/token"
        case .divergence: "nats"
        }
    }

    public var direction: Direction {
        switch self {
        case .logitDifference, .probability, .logProbability: .higher
        case .rank, .loss, .divergence: .lower
        }
    }
}
