/// Byte-level byte-pair encoding: text is cut by a pre-tokenizer, the bytes of each piece are merged by rank.
///
/// - Source: Sennrich et al. 2016 (arXiv 1508.07909); Radford et al. 2019 for the byte level.
final class ByteLevelTokenizer: Tokenizer {
    let vocabulary: Vocabulary
    let boundary: TextBoundary
    let summary: String
    let dropsLeadingSpace = false

    private let pre: PreTokenizer
    private let normalizes: Bool
    private let byteIDs: [Int32]
    private let table: MergeTable
    /// Pieces of text that are one token as a whole: with `ignore_merges` every normal one, else those that merging
    /// arrives at, which saves merging them again.
    private let whole: WholePieces
    private let added: AddedSets

    init(_ definition: TokenizerDefinition) throws(TokenizerError) {
        guard case .byteLevel(let merges, let pre, let normalizes, let ignoresMerges) = definition.model else {
            preconditionFailure("a definition of another model")
        }
        vocabulary = try Vocabulary(entries: definition.entries, marks: definition.marks) { entry in
            (entry.kind == .normal ? ByteAlphabet.bytes(of: entry.spelling) : nil) ?? Array(entry.spelling.utf8)
        }
        boundary = definition.boundary
        self.pre = pre
        self.normalizes = normalizes
        summary =
            "byte-level BPE, \(pre.rawValue)" + (normalizes ? ", NFC" : "")
            + (ignoresMerges ? ", whole pieces first" : "")
        byteIDs = try Self.byteIDs(in: vocabulary)
        table = try Self.mergeTable(merges, in: vocabulary)
        added = AddedSets(definition.entries, normalizes: normalizes)
        whole = WholePieces(
            definition.entries, vocabulary, byteIDs: byteIDs, table: table, ignoresMerges: ignoresMerges)
    }

    func encode(_ text: String, parsingSpecialTokens: Bool, addingBoundary: Bool) -> [Int] {
        var ids = addingBoundary ? boundary.prefix : []
        var merger = PieceMerger()
        let sets = parsingSpecialTokens ? added.all : added.textual
        var text = text
        text.withUTF8 { bytes in
            sets.raw.split(bytes) { stretch in
                guard normalizes else { return append(stretch, splitting: sets.normalized, &merger, &ids) }
                Normalization.composed(stretch) { append($0, splitting: sets.normalized, &merger, &ids) }
            } piece: {
                ids.append($0)
            }
        }
        return addingBoundary ? ids + boundary.suffix : ids
    }

    private func append(
        _ text: UnsafeBufferPointer<UInt8>, splitting pieces: AddedPieces, _ merger: inout PieceMerger,
        _ ids: inout [Int]
    ) {
        pieces.split(text) { stretch in
            pre.forEachPiece(of: stretch) { range in
                let piece = UnsafeBufferPointer(rebasing: stretch[range])
                if let id = whole.find(piece) {
                    ids.append(id)
                } else {
                    merger.merge(piece, byteIDs: byteIDs, table: table, into: &ids)
                }
            }
        } piece: {
            ids.append($0)
        }
    }

    /// Bytes that stand in no UTF-8 text may lack a piece; they get -1, which is never looked up.
    private static func byteIDs(in vocabulary: Vocabulary) throws(TokenizerError) -> [Int32] {
        var ids = [Int32](repeating: -1, count: 256)
        for (byte, scalar) in ByteAlphabet.scalars.enumerated() {
            if let id = vocabulary.id(ofSpelling: String(Character(scalar))) {
                ids[byte] = Int32(id)
            } else if byte < 0xC0 || (0xC2...0xF4).contains(byte) {
                throw TokenizerError(
                    .missing, "vocabulary", "no piece stands for byte 0x\(String(byte, radix: 16, uppercase: true))",
                    remedy: "a byte-level vocabulary needs a piece for every byte, or some texts have no ids")
            }
        }
        return ids
    }

    static func mergeTable(
        _ merges: [(left: String, right: String)], in vocabulary: Vocabulary
    ) throws(TokenizerError) -> MergeTable {
        var table = MergeTable(capacity: merges.count)
        var joined: [UInt8] = []
        for (rank, merge) in merges.enumerated() {
            joined.removeAll(keepingCapacity: true)
            joined.append(contentsOf: merge.left.utf8)
            joined.append(contentsOf: merge.right.utf8)
            let left = vocabulary.id(ofSpelling: merge.left)
            let right = vocabulary.id(ofSpelling: merge.right)
            guard let left, let right, let merged = vocabulary.id(ofSpelling: joined) else {
                let unknown = left == nil ? merge.left : right == nil ? merge.right : merge.left + merge.right
                throw TokenizerError(
                    .unknownPiece, "merge \(rank)", "\(unknown.debugDescription) is not in the vocabulary",
                    remedy: "take the tokenizer from the original checkpoint")
            }
            table.insert(Int32(left), Int32(right), .init(rank: UInt32(rank), merged: Int32(merged)))
        }
        return table
    }
}
