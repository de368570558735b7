/// Pieces that are cut out of a text wherever they stand: the leftmost first, of several there the longest.
struct AddedPieces: Sendable {
    private var children: [UInt64: Int32] = [:]
    private var ids: [Int32] = [-1]
    private var mayBegin = [Bool](repeating: false, count: 256)

    /// Whether there are none.
    var isEmpty: Bool { ids.count == 1 }

    /// Adds a piece; one without bytes is never found.
    mutating func insert(_ content: some Sequence<UInt8>, id: Int) {
        var node: Int32 = 0
        for byte in content {
            if node == 0 { mayBegin[Int(byte)] = true }
            let edge = Self.edge(node, byte)
            if let child = children[edge] {
                node = child
            } else {
                let child = Int32(ids.count)
                ids.append(-1)
                children[edge] = child
                node = child
            }
        }
        if node != 0 { ids[Int(node)] = Int32(id) }
    }

    /// Calls `text` with every stretch between pieces that is not empty, and `piece` with the id of every piece, in order.
    func split(_ bytes: UnsafeBufferPointer<UInt8>, text: (UnsafeBufferPointer<UInt8>) -> Void, piece: (Int) -> Void) {
        var start = 0
        var position = 0
        while position < bytes.count, !isEmpty {
            guard mayBegin[Int(bytes[position])], let (id, length) = longest(bytes, position) else {
                position += 1
                continue
            }
            if position > start { text(UnsafeBufferPointer(rebasing: bytes[start..<position])) }
            piece(id)
            position += length
            start = position
        }
        if start < bytes.count { text(UnsafeBufferPointer(rebasing: bytes[start...])) }
    }

    private func longest(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (id: Int, length: Int)? {
        var node: Int32 = 0
        var found: (id: Int, length: Int)?
        for position in start..<bytes.count {
            guard let child = children[Self.edge(node, bytes[position])] else { break }
            node = child
            if ids[Int(node)] >= 0 { found = (Int(ids[Int(node)]), position + 1 - start) }
        }
        return found
    }

    private static func edge(_ node: Int32, _ byte: UInt8) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
    }
}
