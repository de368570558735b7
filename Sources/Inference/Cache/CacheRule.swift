import Kernels

/// In what type a layer's cache keeps the key and the value of each position.
///
/// The type goes by a position's own number and never by how many there are, so that a sequence's bits do not depend on how
/// its passes were cut.
public struct CacheSteps: Sendable, Hashable, CustomStringConvertible {
    /// The types in order of position.
    public let types: [CacheType]
    /// Where each type but the last ends: the first position that the next one keeps. Ascending.
    public let ends: [Int]

    /// One type for all positions.
    public init(_ type: CacheType) { (types, ends) = ([type], []) }

    /// Several types; nil unless there is one more of them than ends, and these ascend from at least 1.
    public init?(types: [CacheType], ends: [Int]) {
        guard types.count == ends.count + 1, ends.allSatisfy({ $0 > 0 }), zip(ends, ends.dropFirst()).allSatisfy(<)
        else { return nil }
        (self.types, self.ends) = (types, ends)
    }

    /// The positions of each type, in order; the last has no end.
    public var spans: [(positions: Range<Int>, type: CacheType)] {
        types.indices.map { step in
            ((step == 0 ? 0 : ends[step - 1])..<(step < ends.count ? ends[step] : .max), types[step])
        }
    }

    /// The number of the step that a position belongs to.
    func step(at position: Int) -> Int { ends.firstIndex { position < $0 } ?? ends.count }

    /// As `set kv` takes it: `q8_0 until 4096 then q4_0`.
    public var description: String {
        zip(ends, types.dropFirst()).reduce(types[0].rawValue) { "\($0) until \($1.0) then \($1.1.rawValue)" }
    }
}

/// What caches keep keys and values in, by the kind of layer.
public struct CacheRule: Sendable, Hashable, CustomStringConvertible {
    /// Layers whose queries see every position before them.
    public var full: CacheSteps
    /// Layers with a sliding window.
    public var windowed: CacheSteps

    public init(full: CacheSteps, windowed: CacheSteps) { (self.full, self.windowed) = (full, windowed) }

    /// The same for every layer.
    public init(_ steps: CacheSteps) { self.init(full: steps, windowed: steps) }

    /// Keys and values as computed.
    public static let f32 = CacheRule(CacheSteps(.f32))

    /// A layer's steps.
    public func steps(of layer: LayerBlueprint) -> CacheSteps { layer.window == nil ? full : windowed }

    /// As `set kv` takes it: `q8_0`, or `full q8_0 windowed f16`.
    public var description: String { full == windowed ? "\(full)" : "full \(full) windowed \(windowed)" }
}
