extension TokenizerDefinition {
    /// The tokenizer as GGUF metadata.
    ///
    /// GGUF has no word for pieces that are cut out of a text only after it is composed; they are cut out before, which
    /// differs where a combining mark follows one. Nor has it one for a space put before the text alone: it is put before
    /// what follows a control piece, too.
    ///
    /// - Parameter rows: how many rows the model's embedding has; rows beyond the pieces become unused ones.
    /// - Throws: ``TokenizerError`` `unsupported` for what GGUF cannot say: normalization or whole-piece rules other than
    ///   the pre-tokenizer's name implies, marks around the text other than BOS and EOS.
    public func ggufVocabulary(rows: Int? = nil) throws(TokenizerError) -> GGUFVocabulary {
        var padded = self
        if let rows { try padded.pad(toRows: rows) }
        let tokens = padded.entries.map(\.spelling)
        let types = padded.entries.map { Int($0.kind.rawValue) }
        var file: GGUFVocabulary
        switch model {
        case .sentencePiece(let scores, let addsSpacePrefix):
            let unusedScores = [Float](repeating: -10000, count: tokens.count - scores.count)
            file = GGUFVocabulary(
                model: "llama", pre: "default", tokens: tokens, tokenTypes: types, scores: scores + unusedScores)
            file.addsSpacePrefix = addsSpacePrefix
        case .characters(let merges, let spaces, let ignoresMerges):
            guard !ignoresMerges else {
                throw .unsupported("model.ignore_merges", "true with byte_fallback in GGUF", supported: ["false"])
            }
            file = GGUFVocabulary(
                model: "llama", pre: "default", tokens: tokens, tokenTypes: types,
                scores: try MergeScores(padded.entries, merges).scores)
            file.addsSpacePrefix = spaces.prefix != .none
        case .byteLevel(let merges, let pre, let normalizes, let ignoresMerges):
            guard normalizes == pre.normalizesByName else {
                throw .unsupported(
                    "normalizer", normalizes ? "NFC in GGUF" : "no normalizer in GGUF",
                    supported: ["NFC with qwen2 and olmo", "none with the other pre-tokenizers"])
            }
            // o200k's whole pieces are what merging arrives at, so either setting may be written for it.
            guard ignoresMerges == pre.ignoresMergesByName || pre == .o200k else {
                throw .unsupported(
                    "model.ignore_merges", "\(ignoresMerges) in GGUF", supported: ["true with llama-bpe", "else false"])
            }
            file = GGUFVocabulary(
                model: "gpt2", pre: pre.rawValue, tokens: tokens, tokenTypes: types,
                merges: merges.map { Self.spaceless($0.left) + " " + Self.spaceless($0.right) })
        }
        file.bos = marks.bos
        file.eos = marks.eos
        file.unknown = marks.unknown
        file.padding = marks.padding
        try write(boundary, to: &file)
        return file
    }

    private func write(_ boundary: TextBoundary, to file: inout GGUFVocabulary) throws(TokenizerError) {
        let bos = [marks.bos].compactMap(\.self)
        let eos = [marks.eos].compactMap(\.self)
        guard boundary.prefix.isEmpty || boundary.prefix == bos, boundary.suffix.isEmpty || boundary.suffix == eos
        else {
            throw .unsupported(
                "post_processor", "ids \(boundary.prefix + boundary.suffix) around a text in GGUF",
                supported: ["BOS before", "EOS after"])
        }
        file.addsBOS = !boundary.prefix.isEmpty
        file.addsEOS = boundary.suffix.isEmpty ? nil : true
    }

    /// A space inside a piece would end it in GGUF's form of a merge; byte-level vocabularies spell it U+0120.
    private static func spaceless(_ piece: String) -> String {
        String(String.UnicodeScalarView(piece.unicodeScalars.map { $0 == " " ? "\u{120}" : $0 }))
    }
}
