/// What a file says about a tokenizer, read and checked but not yet built: the common form of `tokenizer.json` and of
/// GGUF's metadata.
public struct TokenizerDefinition: Sendable {
    struct Entry: Sendable {
        var spelling: String
        var kind: Vocabulary.Kind
        /// Whether the piece is split out of the text before normalization (else after it). Ordinary pieces are not
        /// split out at all.
        var matchesRawText = true
    }

    struct Marks: Sendable {
        var bos: Int?
        var eos: Int?
        var unknown: Int?
        var padding: Int?
        var endOfGeneration: Set<Int> = []

        /// Every mark that is set, with the word for it, in a fixed order.
        var named: [(name: String, id: Int)] {
            let single = [("bos", bos), ("eos", eos), ("unknown", unknown), ("padding", padding)]
            return single.compactMap { name, id in id.map { (name, $0) } }
                + endOfGeneration.sorted().map { ("end of generation", $0) }
        }
    }

    enum Model: Sendable {
        case byteLevel(
            merges: [(left: String, right: String)], pre: PreTokenizer, normalizes: Bool, ignoresMerges: Bool)
        case sentencePiece(scores: [Float], addsSpacePrefix: Bool)
        case characters(merges: [(left: String, right: String)], spaces: SpaceRule, ignoresMerges: Bool)
    }

    /// The most rows that a vocabulary may have.
    static let rowLimit = 1 << 21

    var entries: [Entry]
    var marks: Marks
    var model: Model
    var boundary: TextBoundary

    /// How many pieces there are, rows that no text leads to included.
    public var count: Int { entries.count }

    /// Builds the tokenizer.
    ///
    /// - Throws: ``TokenizerError`` when pieces repeat, merges name unknown pieces or bytes have no piece.
    /// - Complexity: O(pieces + merges); under a second for 200,000 pieces.
    public func makeTokenizer() throws(TokenizerError) -> any Tokenizer {
        switch model {
        case .byteLevel: try ByteLevelTokenizer(self)
        case .sentencePiece: try SentencePieceTokenizer(self)
        case .characters: try CharacterTokenizer(self)
        }
    }

    /// Adds to the ids after which generation stops, for instance those of `generation_config.json`.
    ///
    /// - Throws: ``TokenizerError`` `malformed` for an id outside the vocabulary.
    public mutating func addEndOfGeneration(_ ids: [Int]) throws(TokenizerError) {
        for id in ids {
            guard entries.indices.contains(id) else {
                throw .malformed("end of generation id \(id)", "the vocabulary has \(count) pieces")
            }
            marks.endOfGeneration.insert(id)
        }
    }

    /// Appends rows that no text leads to, as embeddings are often longer than vocabularies.
    mutating func pad(toRows rows: Int) throws(TokenizerError) {
        guard rows <= Self.rowLimit else { throw .malformed("vocabulary", "\(rows) rows are more than any model has") }
        while entries.count < rows { entries.append(Self.unusedEntry(entries.count)) }
    }

    static func unusedEntry(_ id: Int) -> Entry { Entry(spelling: "[PAD\(id)]", kind: .unused) }

    /// Marks that end a turn by their names, as llama.cpp does: `<|end|>` ends one only where nothing else does.
    mutating func findEndOfGeneration() {
        let names: Set<String> = [
            "<|endoftext|>", "<|end_of_text|>", "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|return|>", "<|call|>",
            "<|end|>", "</s>",
        ]
        let isSpecial: (Entry) -> Bool = { $0.kind == .control || $0.kind == .userDefined }
        let hasReturn = entries.contains { isSpecial($0) && ($0.spelling == "<|return|>" || $0.spelling == "<|call|>") }
        for (id, entry) in entries.enumerated() where isSpecial(entry) && names.contains(entry.spelling) {
            if hasReturn, entry.spelling == "<|end|>" { continue }
            marks.endOfGeneration.insert(id)
        }
        if let eos = marks.eos { marks.endOfGeneration.insert(eos) }
    }
}
