import Inference
import Language

/// Parts of a model: layers, heads, experts, routers, or a site in some layers. A grid of layers × units.
///
/// An index drops an axis, a slice keeps it: `m.heads[2, 5]` is one head, `m.heads[:, 5]` a column of them.
public struct Selection: Sendable {
    /// What the parts are.
    public enum Unit: Sendable, Hashable {
        case layers
        case routers
        /// Heads at one of their sites: z, q, k, v, scores or pattern.
        case heads(SiteKind)
        case experts
        /// A row-shaped site of whole layers.
        case site(SiteKind)
        /// A site inside experts.
        case expertSite(SiteKind)
        /// Channels inside one expert.
        case channels
    }

    public let owner: ModelValue
    public let unit: Unit
    /// The layers, in order.
    public let layers: [Int]
    /// The heads or experts of each layer; empty for units that are whole layers.
    public let ordinals: [Int]
    /// The channels, for `channels`.
    public let channels: [Int]
    /// Whether the layer axis was indexed away.
    public let isOneLayer: Bool
    /// Whether the head or expert axis was indexed away.
    public let isOneMember: Bool

    init(
        _ owner: ModelValue, _ unit: Unit, layers: [Int], ordinals: [Int] = [], channels: [Int] = [],
        isOneLayer: Bool = false, isOneMember: Bool = false
    ) {
        self.owner = owner
        self.unit = unit
        self.layers = layers
        self.ordinals = ordinals
        self.channels = channels
        self.isOneLayer = isOneLayer
        self.isOneMember = isOneMember
    }

    /// One part: a layer, and a head or expert where the unit has them.
    public struct Part: Sendable, Hashable {
        public let layer: Int
        public let member: Int?
    }

    /// Every part, layers first; nil where the layer has no such part, as a dense layer has no experts.
    public var parts: [Part?] {
        layers.flatMap { layer -> [Part?] in
            guard hasMembers else { return [isHole(layer, 0) ? nil : Part(layer: layer, member: nil)] }
            return ordinals.map { isHole(layer, $0) ? nil : Part(layer: layer, member: $0) }
        }
    }

    /// The parts there are.
    public var presentParts: [Part] { parts.compactMap { $0 } }

    /// Whether the unit counts heads or experts within a layer.
    public var hasMembers: Bool {
        switch unit {
        case .heads, .experts, .expertSite, .channels: true
        case .layers, .routers, .site: false
        }
    }

    /// The site whose value a patch or ablation of the unit means.
    public var siteKind: SiteKind {
        switch unit {
        case .layers: .residPost
        case .routers: .routerLogits
        case .heads(let kind), .site(let kind), .expertSite(let kind): kind
        case .experts: .expertOut
        case .channels: .expertPost
        }
    }

    private func isHole(_ layer: Int, _ member: Int) -> Bool {
        let count = owner.model.blueprint.layers[layer].expertCount
        switch unit {
        case .experts, .expertSite, .channels: return member >= count
        case .routers: return count == 0
        case .site(let kind): return (try? owner.model.blueprint.check(Site(kind, layer: layer))) == nil
        case .layers, .heads: return false
        }
    }
}
