/// Many short byte strings in one allocation, by position.
struct ByteStrings: Sendable {
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    subscript(position: Int) -> ArraySlice<UInt8> { bytes[range(position)] }

    func range(_ position: Int) -> Range<Int> {
        (position == 0 ? 0 : ends[position - 1])..<ends[position]
    }

    mutating func append(_ string: some Sequence<UInt8>) {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
    }

    mutating func reserve(count: Int, bytes byteCount: Int) {
        ends.reserveCapacity(count)
        bytes.reserveCapacity(byteCount)
    }
}

/// Finds positions in ``ByteStrings`` by content: open addressing, at most half full.
///
/// `Hasher` is seeded afresh in every process, so no file can be written to make all its strings collide.
struct ByteIndex: Sendable {
    private var slots: [Int32]
    private let mask: Int

    /// An index for at most `capacity` strings.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        mask = size - 1
    }

    /// Adds a string, or returns the position of an equal one that was added before.
    mutating func insert(_ position: Int, of strings: ByteStrings) -> Int? {
        let (slot, found) = strings.bytes.withUnsafeBufferPointer { all in
            locate(UnsafeBufferPointer(rebasing: all[strings.range(position)]), in: all, strings)
        }
        if let found { return found }
        slots[slot] = Int32(position)
        return nil
    }

    /// The position of the string with this content.
    func find(_ content: UnsafeBufferPointer<UInt8>, in strings: ByteStrings) -> Int? {
        strings.bytes.withUnsafeBufferPointer { all in locate(content, in: all, strings).found }
    }

    private func locate(
        _ content: UnsafeBufferPointer<UInt8>, in all: UnsafeBufferPointer<UInt8>, _ strings: ByteStrings
    ) -> (slot: Int, found: Int?) {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(content))
        var slot = hasher.finalize() & mask
        while slots[slot] >= 0 {
            let position = Int(slots[slot])
            let range = strings.range(position)
            if range.count == content.count, Self.isEqual(content, all, range.lowerBound) { return (slot, position) }
            slot = (slot + 1) & mask
        }
        return (slot, nil)
    }

    private static func isEqual(
        _ content: UnsafeBufferPointer<UInt8>, _ all: UnsafeBufferPointer<UInt8>, _ start: Int
    ) -> Bool {
        for index in 0..<content.count where content[index] != all[start + index] { return false }
        return true
    }
}
