extension TokenizerDefinition {
    /// Reads a tokenizer from GGUF metadata.
    ///
    /// The pre-tokenizer's name also says what the file does not: `qwen2` and `olmo` compose characters (NFC, as their
    /// `tokenizer.json` says, though llama.cpp does not), `llama-bpe` and `gpt-4o` take whole pieces before merging.
    ///
    /// - Throws: ``TokenizerError`` `unsupported` for other models and pre-tokenizers, `missing` and `malformed` for
    ///   arrays that are not there or of another length.
    public init(gguf file: GGUFVocabulary) throws(TokenizerError) {
        guard !file.tokens.isEmpty else { throw .missing("tokenizer.ggml.tokens") }
        guard file.tokens.count <= Self.rowLimit else {
            throw .malformed("tokenizer.ggml.tokens", "\(file.tokens.count) pieces are more than any model has")
        }
        entries = try Self.entries(of: file)
        marks = Marks(bos: file.bos, eos: file.eos, unknown: file.unknown, padding: file.padding)
        for id in [file.endOfTurn, file.endOfMessage].compactMap(\.self) { marks.endOfGeneration.insert(id) }
        switch file.model {
        case "gpt2": model = try Self.byteLevel(of: file)
        case "llama":
            guard file.scores.count == file.tokens.count else {
                throw .malformed(
                    "tokenizer.ggml.scores", "there are \(file.scores.count) for \(file.tokens.count) pieces")
            }
            model = .sentencePiece(scores: file.scores, addsSpacePrefix: file.addsSpacePrefix ?? true)
            marks.bos = marks.bos ?? 1
            marks.eos = marks.eos ?? 2
            marks.unknown = marks.unknown ?? 0
        default:
            throw .unsupported(
                "tokenizer.ggml.model", "the tokenizer model '\(file.model)'", supported: ["gpt2", "llama"])
        }
        boundary = try Self.boundary(of: file, marks)
        findEndOfGeneration()
    }

    private static func entries(of file: GGUFVocabulary) throws(TokenizerError) -> [Entry] {
        guard file.tokenTypes.isEmpty || file.tokenTypes.count == file.tokens.count else {
            throw .malformed(
                "tokenizer.ggml.token_type", "there are \(file.tokenTypes.count) for \(file.tokens.count) pieces")
        }
        var entries: [Entry] = []
        entries.reserveCapacity(file.tokens.count)
        for (id, token) in file.tokens.enumerated() {
            let type = file.tokenTypes.isEmpty ? 1 : file.tokenTypes[id]
            guard let kind = UInt8(exactly: type).flatMap(Vocabulary.Kind.init(rawValue:)) else {
                throw .malformed("tokenizer.ggml.token_type", "id \(id) has type \(type); types run from 1 to 6")
            }
            entries.append(Entry(spelling: token, kind: kind))
        }
        return entries
    }

    private static func byteLevel(of file: GGUFVocabulary) throws(TokenizerError) -> Model {
        guard let name = file.pre else {
            throw .missing("tokenizer.ggml.pre", "is not there, so the text cannot be cut as the model was trained on")
        }
        guard let pre = PreTokenizer(rawValue: name) else {
            throw .unsupported(
                "tokenizer.ggml.pre", "the pre-tokenizer '\(name)'", supported: PreTokenizer.allCases.map(\.rawValue))
        }
        guard !file.merges.isEmpty else { throw .missing("tokenizer.ggml.merges") }
        var merges: [(left: String, right: String)] = []
        merges.reserveCapacity(file.merges.count)
        for (rank, merge) in file.merges.enumerated() {
            guard let pair = pair(merge) else {
                throw .malformed("tokenizer.ggml.merges", "merge \(rank) is not two pieces: \(merge.debugDescription)")
            }
            merges.append(pair)
        }
        return .byteLevel(
            merges: merges, pre: pre, normalizes: pre.normalizesByName, ignoresMerges: pre.ignoresMergesByName)
    }

    /// The two pieces of a merge, which stand before and after the first space that is not the first character.
    static func pair(_ merge: String) -> (left: String, right: String)? {
        let bytes = merge.utf8
        guard let first = bytes.indices.first,
            let space = bytes[bytes.index(after: first)...].firstIndex(of: UInt8(ascii: " ")),
            bytes.index(after: space) < bytes.endIndex
        else { return nil }
        return (String(merge[..<space]), String(merge[merge.utf8.index(after: space)...]))
    }

    private static func boundary(of file: GGUFVocabulary, _ marks: Marks) throws(TokenizerError) -> TextBoundary {
        let isDefault = file.model == "llama" || file.pre == PreTokenizer.llama3.rawValue
        let addsBOS = file.addsBOS ?? isDefault
        let reason =
            file.addsBOS == nil
            ? "it is the custom of \(file.model == "llama" ? "SentencePiece" : file.pre ?? "this") tokenizers"
            : "tokenizer.ggml.add_bos_token is \(addsBOS)"
        let addsEOS = file.addsEOS ?? false
        if addsBOS, marks.bos == nil {
            throw .missing("tokenizer.ggml.bos_token_id", "is not there, but BOS is to be added")
        }
        if addsEOS, marks.eos == nil {
            throw .missing("tokenizer.ggml.eos_token_id", "is not there, but EOS is to be added")
        }
        return TextBoundary(
            prefix: addsBOS ? [marks.bos].compactMap(\.self) : [],
            suffix: addsEOS ? [marks.eos].compactMap(\.self) : [],
            rule: (addsBOS ? "adds BOS: " : "adds no BOS: ") + reason + (addsEOS ? "; adds EOS" : ""))
    }
}

extension PreTokenizer {
    /// Whether a GGUF file with this pre-tokenizer means text to be composed first.
    var normalizesByName: Bool { self == .qwen2 || self == .olmo }

    /// Whether a GGUF file with this pre-tokenizer means whole pieces to be taken before merging.
    var ignoresMergesByName: Bool { self == .llama3 || self == .o200k }
}
