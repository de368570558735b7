/// Random numbers keyed by what they are for, so that a draw does not depend on how many draws came before it.
///
/// The key is (seed, purpose, item, position); `draw` numbers the values of one key. Each value is a few rounds of a
/// 64-bit mixing function over the key.
/// - Source: the finaliser constants are those of SplitMix64 (Steele, Lea and Flood, 2014).
public struct KeyedRandom: Sendable {
    private let key: UInt64

    /// The stream for one key.
    public init(seed: UInt64, purpose: String, item: Int = 0, position: Int = 0) {
        var key = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15)
        for byte in purpose.utf8 { key = Self.mix(key ^ UInt64(byte)) }
        key = Self.mix(key ^ UInt64(bitPattern: Int64(item)))
        self.key = Self.mix(key ^ UInt64(bitPattern: Int64(position)) &* 0xd6e8_feb8_6659_fd93)
    }

    /// The 64 bits of one draw.
    public func bits(_ draw: Int) -> UInt64 {
        Self.mix(Self.mix(key &+ UInt64(bitPattern: Int64(draw)) &* 0x9e37_79b9_7f4a_7c15))
    }

    /// A value of [0, 1) with 53 random bits.
    public func unit(_ draw: Int) -> Double { Double(bits(draw) >> 11) * 0x1p-53 }

    /// An index of `0..<bound`, each equally likely to within 2⁻⁶⁴ × bound.
    public func index(below bound: Int, _ draw: Int) -> Int {
        Int(bits(draw).multipliedFullWidth(by: UInt64(bound)).high)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
