/// Byte-pair encoding over characters with bytes for what the vocabulary lacks: a SentencePiece model written as
/// `tokenizer.json` (Llama 2, Mistral, Mixtral).
///
/// Pairs are merged by their rank in the list of merges, not by scores as in a SentencePiece file.
///
/// - Source: Kudo and Richardson 2018 (arXiv 1808.06226); Hugging Face's tokenizers, `models/bpe`.
final class CharacterTokenizer: Tokenizer {
    let vocabulary: Vocabulary
    let boundary: TextBoundary
    let summary = "character BPE with byte fallback"
    let dropsLeadingSpace: Bool

    private let spaces: SpaceRule
    private let ignoresMerges: Bool
    private let byteIDs: [Int]
    private let table: MergeTable
    private let added: AddedSets

    init(_ definition: TokenizerDefinition) throws(TokenizerError) {
        guard case .characters(let merges, let spaces, let ignoresMerges) = definition.model else {
            preconditionFailure("a definition of another model")
        }
        vocabulary = try Vocabulary(entries: definition.entries, marks: definition.marks) { entry in
            // An added piece that is looked for in marked text stands for that text.
            let isMarked = spaces.marksBeforeAddedPieces && !entry.matchesRawText
            guard isMarked, entry.kind == .control || entry.kind == .userDefined else {
                return BytePieces.content(of: entry)
            }
            let marked = Array(entry.spelling.utf8).withUnsafeBufferPointer { spaces.marked($0, isTextStart: true) }
            let spelling = String(decoding: marked, as: UTF8.self)
            return BytePieces.content(of: .init(spelling: spelling, kind: .normal))
        }
        boundary = definition.boundary
        dropsLeadingSpace = spaces.dropsLeadingSpace
        self.spaces = spaces
        self.ignoresMerges = ignoresMerges
        byteIDs = try BytePieces.ids(in: vocabulary)
        table = try ByteLevelTokenizer.mergeTable(merges, in: vocabulary)
        added = AddedSets(
            definition.entries,
            normalizing: { spelling in
                guard spaces.marksBeforeAddedPieces else { return spelling }
                return spelling.withUnsafeBufferPointer { spaces.marked($0, isTextStart: true) }
            })
    }

    func encode(_ text: String, parsingSpecialTokens: Bool, addingBoundary: Bool) -> [Int] {
        var ids = addingBoundary ? boundary.prefix : []
        var merger = PieceMerger()
        var isTextStart = true
        let sets = parsingSpecialTokens ? added.all : added.textual
        var text = text
        text.withUTF8 { bytes in
            sets.raw.split(bytes) { stretch in
                append(stretch, sets.normalized, &isTextStart, &merger, &ids)
            } piece: { id in
                isTextStart = false
                ids.append(id)
            }
        }
        return addingBoundary ? ids + boundary.suffix : ids
    }

    private func append(
        _ stretch: UnsafeBufferPointer<UInt8>, _ pieces: AddedPieces, _ isTextStart: inout Bool,
        _ merger: inout PieceMerger, _ ids: inout [Int]
    ) {
        let before = spaces.marksBeforeAddedPieces ? spaces.marked(stretch, isTextStart: isTextStart) : Array(stretch)
        before.withUnsafeBufferPointer { bytes in
            pieces.split(bytes) { part in
                let marked =
                    spaces.marksBeforeAddedPieces ? Array(part) : spaces.marked(part, isTextStart: isTextStart)
                isTextStart = false
                merge(marked, &merger, &ids)
            } piece: { id in
                isTextStart = false
                ids.append(id)
            }
        }
    }

    private func merge(_ marked: [UInt8], _ merger: inout PieceMerger, _ ids: inout [Int]) {
        marked.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                let end = spaces.splitsWords ? wordEnd(bytes, start) : bytes.count
                mergeWord(UnsafeBufferPointer(rebasing: bytes[start..<end]), &merger, &ids)
                start = end
            }
        }
    }

    /// Where the next mark begins, or the text ends.
    private func wordEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var position = start + 1
        while position < bytes.count, !bytes[position...].starts(with: SpaceRule.mark) { position += 1 }
        return position
    }

    private func mergeWord(_ word: UnsafeBufferPointer<UInt8>, _ merger: inout PieceMerger, _ ids: inout [Int]) {
        if ignoresMerges, let id = textID(word) { return ids.append(id) }
        var parts: [Int32] = []
        parts.reserveCapacity(word.count)
        var position = 0
        while position < word.count {
            let width = min(UTF8Reading.width(word[position]), word.count - position)
            let character = UnsafeBufferPointer(rebasing: word[position..<position + width])
            if let id = textID(character) {
                parts.append(Int32(id))
            } else {
                for byte in character { parts.append(Int32(byteIDs[Int(byte)])) }
            }
            position += width
        }
        merger.merge(parts: parts, table: table, into: &ids)
    }

    /// The id of a piece that is text; the spelling of a control piece or of a byte is none.
    private func textID(_ piece: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let id = vocabulary.id(ofSpelling: piece) else { return nil }
        let kind = try? vocabulary.kind(of: id)
        return kind == .normal || kind == .userDefined ? id : nil
    }
}
