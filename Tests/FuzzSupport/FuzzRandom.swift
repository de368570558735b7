/// Random numbers that depend on nothing but their seed.
public struct FuzzRandom {
    private var state: UInt64

    public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

    /// The next 64 bits.
    public mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        let once = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        let twice = (once ^ once >> 27) &* 0x94D0_49BB_1331_11EB
        return twice ^ twice >> 31
    }

    /// An index below a count, which is positive.
    public mutating func below(_ count: Int) -> Int { Int(bits() >> 1) % max(1, count) }

    /// True once in so many times.
    public mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    /// One of several; nil of none.
    public mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[below(elements.count)]
    }
}
