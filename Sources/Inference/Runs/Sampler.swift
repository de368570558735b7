import Foundation
import Tensors

/// How the next token is drawn from logits.
public struct Sampler: Sendable {
    /// 0 takes the largest logit.
    public var temperature: Double
    /// Only so many largest logits are drawn from; nil for all.
    public var topK: Int?
    /// Only the smallest set of largest probabilities reaching this sum is drawn from; nil for all.
    public var topP: Double?
    public var seed: UInt64

    public init(temperature: Double = 0, topK: Int? = nil, topP: Double? = nil, seed: UInt64 = 0) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.seed = seed
    }

    /// The token drawn at a step. The draw is keyed by seed and step alone.
    public func choose(_ logits: [Float], step: Int) -> Int {
        let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
        guard temperature > 0, let best = order.first else { return order.first ?? 0 }
        var candidates = Array(order.prefix(topK ?? order.count))
        let weights = candidates.map { exp((Double(logits[$0]) - Double(logits[best])) / temperature) }
        let total = weights.reduce(0, +)
        var (kept, mass) = (0, 0.0)
        while kept < candidates.count, kept == 0 || mass < (topP ?? .infinity) * total {
            mass += weights[kept]
            kept += 1
        }
        candidates.removeLast(candidates.count - kept)
        var target = KeyedRandom(seed: seed, purpose: "sample", position: step).unit(0) * mass
        for (candidate, weight) in zip(candidates, weights) {
            target -= weight
            if target < 0 { return candidate }
        }
        return candidates[kept - 1]
    }
}
