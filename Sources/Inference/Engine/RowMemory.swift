import Synchronization

/// Memory of rows that are gone, kept for the next ones.
///
/// A pass asks for the same sizes again and again, and large blocks fresh from the system cost a page fault every few
/// kilobytes. What is kept is bounded, and nothing can be told from it: whoever takes memory finds it undefined.
enum RowMemory {
    fileprivate struct Spare {
        /// Addresses by size class.
        var blocks: [Int: [UInt]] = [:]
        var kept = 0
        /// Floats kept at most.
        var most = RowMemory.usual
    }

    private static let spare = Mutex(Spare())
    /// Floats below which the allocator is fast enough.
    private static let smallest = 1 << 14
    /// Floats kept at most where memory is not short.
    fileprivate static let usual = 1 << 25
    /// Whole cache lines, so that no vector is loaded from two.
    private static let alignment = 64

    /// Floats that are kept at most, as things are.
    static var most: Int { spare.withLock { $0.most } }

    /// Memory for so many floats, its values undefined.
    static func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let size = sizeClass(count)
        let address = size < smallest ? nil : spare.withLock { $0.take(size) }
        if let address, let pointer = UnsafeMutablePointer<Float>(bitPattern: address) { return pointer }
        return UnsafeMutableRawPointer.allocate(byteCount: size * 4, alignment: alignment)
            .bindMemory(to: Float.self, capacity: size)
    }

    /// Takes memory back that was taken for so many floats.
    static func giveBack(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
        let size = sizeClass(count)
        let address = UInt(bitPattern: pointer)
        if size >= smallest, spare.withLock({ $0.keep(address, size) }) { return }
        UnsafeMutableRawPointer(pointer).deallocate()
    }

    /// Bounds what is kept, and gives back what is too much.
    /// - Parameter floats: nil for as much as usual.
    static func keep(atMost floats: Int?) {
        let surplus = spare.withLock { spare in
            spare.most = min(usual, floats ?? usual)
            guard spare.kept > spare.most else { return [UInt]() }
            defer { (spare.blocks, spare.kept) = ([:], 0) }
            return Array(spare.blocks.values.joined())
        }
        for address in surplus { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }

    /// The count rounded up so that few sizes occur and at most an eighth is wasted.
    private static func sizeClass(_ count: Int) -> Int {
        guard count > smallest else { return max(1, count) }
        let step = 1 << (Int.bitWidth - count.leadingZeroBitCount - 4)
        return (count + step - 1) / step * step
    }
}

extension RowMemory.Spare {
    fileprivate mutating func take(_ size: Int) -> UInt? {
        guard let address = blocks[size]?.popLast() else { return nil }
        kept -= size
        return address
    }

    fileprivate mutating func keep(_ address: UInt, _ size: Int) -> Bool {
        guard kept + size <= most else { return false }
        kept += size
        blocks[size, default: []].append(address)
        return true
    }
}

extension Engine {
    /// Bounds the memory of rows that passes keep for the next ones, which a limit on the process's memory has to count.
    /// - Parameter bytes: nil for as much as usual.
    public static func keepSpareRows(atMost bytes: Int?) { RowMemory.keep(atMost: bytes.map { $0 / 4 }) }
}
