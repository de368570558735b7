/// The keys and values of a sequence's first positions, for each layer: what later positions attend to.
///
/// Keys are kept as the scores use them, normed and rotated. A pass may use any number of first positions, so one cache
/// serves every variant that leaves its prefix alone.
public struct KeyValueCache: Sendable {
    struct Layer: Sendable {
        var keys: Rows
        var values: Rows
    }

    /// One entry a layer; nil where a pass did not run the layer's attention.
    var layers: [Layer?]
    /// Positions held.
    public private(set) var count: Int

    init(layerCount: Int) {
        layers = Array(repeating: nil, count: layerCount)
        count = 0
    }

    /// Holds a pass's own rows as the positions from 0.
    init(layers: [Layer?], count: Int) {
        self.layers = layers
        self.count = count
    }

    /// This cache with further positions behind it.
    ///
    /// Room grows by doubling, so a token costs O(1) copies in the long run. The rows already held are not touched:
    /// earlier copies of the cache stay right as long as only the longest is appended to.
    mutating func append(_ more: [Layer?], count added: Int) {
        for index in layers.indices {
            guard let new = more[index] else { continue }
            guard let old = layers[index] else {
                layers[index] = new
                continue
            }
            layers[index] = Layer(
                keys: Self.joined(old.keys, count, new.keys, added),
                values: Self.joined(old.values, count, new.values, added))
        }
        count += added
    }

    private static func joined(_ old: Rows, _ held: Int, _ new: Rows, _ added: Int) -> Rows {
        var target = old
        if held + added > old.count {
            target = Rows(max(held + added, old.count * 2), width: old.width)
            target.pointer.update(from: old.pointer, count: held * old.width)
        }
        target[held].update(from: new.pointer, count: added * new.width)
        return target
    }
}
