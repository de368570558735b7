/// SentencePiece's BPE as Llama 2 and Mixtral use it: characters are merged by the score of what they become, and what is
/// left over is spelled in bytes.
///
/// - Source: Kudo and Richardson 2018 (arXiv 1808.06226).
final class SentencePieceTokenizer: Tokenizer {
    let vocabulary: Vocabulary
    let boundary: TextBoundary
    let summary = "SentencePiece BPE"
    let dropsLeadingSpace: Bool

    private let scores: [Float]
    private let isText: [Bool]
    private let byteIDs: [Int]
    private let added: AddedSets

    init(_ definition: TokenizerDefinition) throws(TokenizerError) {
        guard case .sentencePiece(let scores, let addsSpacePrefix) = definition.model else {
            preconditionFailure("a definition of another model")
        }
        for (id, score) in scores.enumerated() where score.isNaN {
            throw .malformed("tokenizer.ggml.scores", "the score of id \(id) is not a number")
        }
        vocabulary = try Vocabulary(entries: definition.entries, marks: definition.marks) { entry in
            BytePieces.content(of: entry)
        }
        self.scores = scores
        isText = definition.entries.map { $0.kind == .normal || $0.kind == .userDefined }
        boundary = definition.boundary
        dropsLeadingSpace = addsSpacePrefix
        added = AddedSets(definition.entries, normalizes: false)
        byteIDs = try BytePieces.ids(in: vocabulary)
    }

    func encode(_ text: String, parsingSpecialTokens: Bool, addingBoundary: Bool) -> [Int] {
        var ids = addingBoundary ? boundary.prefix : []
        var text = text
        let pieces = (parsingSpecialTokens ? added.all : added.textual).raw
        // A space goes before the text, and before what follows a control piece.
        var needsSpace = dropsLeadingSpace
        text.withUTF8 { bytes in
            pieces.split(bytes) { stretch in
                let marked = Self.marked(stretch, addingSpace: needsSpace)
                needsSpace = false
                marked.withUnsafeBufferPointer { append($0, &ids) }
            } piece: { id in
                ids.append(id)
                needsSpace = dropsLeadingSpace
            }
        }
        return addingBoundary ? ids + boundary.suffix : ids
    }

    private func append(_ text: UnsafeBufferPointer<UInt8>, _ ids: inout [Int]) {
        var merger = ScoreMerger(text: text)
        merger.merge { piece in textID(piece).map { scores[$0] } }
        merger.forEachPiece { piece in
            if let id = textID(piece) {
                ids.append(id)
            } else {
                for byte in piece { ids.append(byteIDs[Int(byte)]) }
            }
        }
    }

    /// The id of a piece that is text; the spelling of a control piece or of a byte is none.
    private func textID(_ piece: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let id = vocabulary.id(ofSpelling: piece), isText[id] else { return nil }
        return id
    }

    private static let spaceMark: [UInt8] = Array("\u{2581}".utf8)

    private static func marked(_ text: UnsafeBufferPointer<UInt8>, addingSpace: Bool) -> [UInt8] {
        var marked = addingSpace ? spaceMark : []
        marked.reserveCapacity(text.count + text.count / 2)
        for byte in text {
            if byte == UInt8(ascii: " ") { marked += spaceMark } else { marked.append(byte) }
        }
        return marked
    }

}
