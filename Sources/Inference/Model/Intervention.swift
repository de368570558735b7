import Tensors

/// A change of one site's value on its way through a forward pass.
public struct Intervention: Sendable {
    /// Which slice of the site's value it touches.
    public enum Part: Sendable, Hashable {
        case whole
        /// These heads: of q, z, scores and pattern by query head; of k and v by key-value head.
        case heads([Int])
        /// These channels of an expert's or a dense layer's inside.
        case channels([Int])
        /// These experts of the router's logits.
        case experts([Int])
    }

    /// What it does there.
    public enum Action: Sendable {
        /// Puts zeros.
        case zero
        /// Puts the same values at every position: the part's elements, once.
        case constant([Float])
        /// Puts given values: entry i of the first axis goes to position i, for scores and pattern to query i.
        /// - Shape: the part's own, its position axis as long as the sequence.
        case replace(Tensor)
        /// Multiplies.
        case scale(Float)
    }

    public let site: Site
    public let part: Part
    /// Positions it acts at, ascending; nil acts at all.
    public let positions: [Int]?
    public let action: Action

    public init(site: Site, part: Part = .whole, positions: [Int]? = nil, action: Action) {
        self.site = site
        self.part = part
        self.positions = positions
        self.action = action
    }
}
