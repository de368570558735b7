/// Finds the pieces of text that are one token as a whole.
struct WholePieces: Sendable {
    private var strings = ByteStrings()
    private var ids: [Int32] = []
    private var index: ByteIndex

    init(
        _ entries: [TokenizerDefinition.Entry], _ vocabulary: Vocabulary, byteIDs: [Int32], table: MergeTable,
        ignoresMerges: Bool
    ) {
        index = ByteIndex(capacity: entries.count)
        var merger = PieceMerger()
        var merged: [Int] = []
        for (id, entry) in entries.enumerated()
        where entry.kind == .normal && ByteAlphabet.bytes(of: entry.spelling) != nil {
            let content = vocabulary.content(of: id)
            if !ignoresMerges {
                // A byte without an id stands in no text.
                guard content.allSatisfy({ byteIDs[Int($0)] >= 0 }) else { continue }
                merged.removeAll(keepingCapacity: true)
                content.withUnsafeBufferPointer { merger.merge($0, byteIDs: byteIDs, table: table, into: &merged) }
                guard merged == [id] else { continue }
            }
            guard !content.isEmpty else { continue }
            strings.append(content)
            ids.append(Int32(id))
            // Spellings differ and the alphabet is one to one, so contents differ.
            _ = index.insert(strings.count - 1, of: strings)
        }
    }

    /// The id of the token that is exactly this piece.
    func find(_ piece: UnsafeBufferPointer<UInt8>) -> Int? {
        index.find(piece, in: strings).map { Int(ids[$0]) }
    }
}
