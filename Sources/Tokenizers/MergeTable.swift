/// For each pair of pieces that may be merged: its rank and the piece it becomes.
struct MergeTable: Sendable {
    /// What a pair becomes. Lower ranks are merged first.
    struct Merge {
        let rank: UInt32
        let merged: Int32
    }

    private struct Slot {
        var key: UInt64
        var merge: Merge
    }

    private static let empty = UInt64.max
    /// Differs in every process, so no file can be written to make all its pairs collide. Nothing visible depends on it.
    private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize()) | 1

    private var slots: [Slot]
    private let shift: UInt64
    private let mask: Int

    /// A table for at most `capacity` pairs.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: Slot(key: Self.empty, merge: Merge(rank: 0, merged: 0)), count: size)
        mask = size - 1
        shift = UInt64(64 - size.trailingZeroBitCount)
    }

    /// Adds a pair; the first rank given to a pair stays.
    mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) {
        let slot = locate(Self.key(left, right))
        if slots[slot].key == Self.empty { slots[slot] = Slot(key: Self.key(left, right), merge: merge) }
    }

    /// What the pair becomes, or nil if it may not be merged.
    func find(_ left: Int32, _ right: Int32) -> Merge? {
        let slot = slots[locate(Self.key(left, right))]
        return slot.key == Self.empty ? nil : slot.merge
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private func locate(_ key: UInt64) -> Int {
        let mixed = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15 ^ Self.seed
        var slot = Int(((mixed ^ mixed >> 32) &* 0xD6E8_FEB8_6659_FD93) >> shift)
        while slots[slot].key != key, slots[slot].key != Self.empty { slot = (slot + 1) & mask }
        return slot
    }
}
