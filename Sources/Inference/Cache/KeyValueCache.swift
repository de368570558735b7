import Kernels

/// The keys and values of a sequence's first positions, for each layer: what later positions attend to.
///
/// Keys are kept as the scores use them, normed and rotated, in the types of a rule. A cache that keeps all positions serves
/// passes from any of them on, so a run's serves every variant that leaves its prefix alone. One that keeps only the windows
/// of windowed layers is smaller and serves what comes behind its last position.
public struct KeyValueCache: Sendable {
    private var layers: [LayerCache]
    /// Positions taken in.
    public private(set) var count: Int

    /// - Parameters:
    ///   - keepsWindowsAlone: whether windowed layers hold no more positions than a query sees.
    ///   - capacity: positions that room is made for at once.
    init(_ blueprint: Blueprint, _ rule: CacheRule, keepsWindowsAlone: Bool, capacity: Int) {
        layers = blueprint.layers.map { layer in
            LayerCache(
                blueprint, rule.steps(of: layer), held: keepsWindowsAlone ? layer.window : nil, capacity: capacity)
        }
        count = 0
    }

    /// Bytes of memory that it holds, in every layer together.
    public var byteCount: Int { byteCounts.reduce(0, +) }

    /// Bytes of memory that each layer holds.
    public var byteCounts: [Int] { layers.map(\.byteCount) }

    /// Takes in what a pass made of further positions, a part for each layer.
    mutating func append(_ more: [OwnKeysAndValues], count added: Int) {
        for (index, own) in more.enumerated() { layers[index].append(own, behind: count, added: added) }
        count += added
    }

    /// Where a layer's keys and values of the positions before `end` lie.
    func runs(layer: Int, before end: Int) -> KeysAndValues<[KeptRun]> { layers[layer].runs(before: end, of: count) }

    /// Bytes that the cache of a sequence of so many positions takes, by layer, where windowed layers keep their windows
    /// alone.
    public static func byteCounts(_ blueprint: Blueprint, _ rule: CacheRule, positions count: Int) -> [Int] {
        blueprint.layers.map { layer in
            let held = layer.window ?? count
            return rule.steps(of: layer).spans.reduce(0) { sum, span in
                let positions = span.positions.clamped(to: 0..<count)
                guard !positions.isEmpty, positions.upperBound > count - held else { return sum }
                let row = blueprint.keyValueHeadCount * span.type.byteCount(channels: blueprint.headDimension)
                return sum + 2 * min(held, positions.count) * row
            }
        }
    }
}
