import Documents

/// A SentencePiece model written as `tokenizer.json`, as Llama 2's and Mixtral's folders have it.
///
/// Its merges are every pair of pieces that makes a third, in the order of the third's score, so that merging by rank comes
/// to what merging by score does. Of two ways to the same piece that overlap in a text (a run of one character), the one with
/// the longer left part goes first here and the leftmost in SentencePiece.
/// - Source: transformers, `convert_slow_tokenizer.py`, `LlamaConverter` and `generate_merges`.
extension TokenizerDefinition {
    func sentencePieceJSON(_ scores: [Float], addsSpacePrefix: Bool) throws(TokenizerError) -> JSON {
        let mark = "\u{2581}"
        let replace: JSON = ["type": "Replace", "pattern": ["String": " "], "content": .string(mark)]
        let normalizers: [JSON] =
            addsSpacePrefix ? [["type": "Prepend", "prepend": .string(mark)], replace] : [replace]
        var decoders: [JSON] = [
            ["type": "Replace", "pattern": ["String": .string(mark)], "content": " "], ["type": "ByteFallback"],
            ["type": "Fuse"],
        ]
        if addsSpacePrefix { decoders.append(["type": "Strip", "content": " ", "start": 1, "stop": 0]) }
        let unknown = marks.unknown.flatMap { entries.indices.contains($0) ? entries[$0].spelling : nil }
        return tokenizerJSON(
            normalizer: ["type": "Sequence", "normalizers": .array(normalizers)], preTokenizer: .null,
            postProcessor: template ?? .null, decoder: ["type": "Sequence", "decoders": .array(decoders)],
            merges: try merges(by: scores),
            model: ["unk_token": unknown.map { .string($0) } ?? .null, "fuse_unk": true, "byte_fallback": true])
    }

    /// Every pair of pieces that makes a third: those of the third with the highest score first.
    private func merges(by scores: [Float]) throws(TokenizerError) -> [(left: String, right: String)] {
        var ids: [[UInt8]: Int] = [:]
        for (id, entry) in entries.enumerated() where entry.kind == .normal {
            guard scores.indices.contains(id), !scores[id].isNaN else {
                throw .malformed("tokenizer.ggml.scores", "the score of id \(id) is not a number")
            }
            ids[Array(entry.spelling.utf8)] = id
        }
        for (id, entry) in entries.enumerated() where entry.kind == .normal {
            for character in MergeScores.characters(Array(entry.spelling.utf8)) where ids[character] == nil {
                throw .unsupported(
                    "tokenizer.ggml.tokens, id \(id)",
                    "a piece of characters that are no pieces, \(entry.spelling.debugDescription), in tokenizer.json",
                    supported: ["pieces made of pieces"])
            }
        }
        let pieces = ids.sorted { (scores[$1.value], $0.value) < (scores[$0.value], $1.value) }
        return pieces.flatMap { piece in
            MergeScores.splits(piece.key).reversed().filter { ids[$0] != nil && ids[$1] != nil }.map {
                (String(decoding: $0, as: UTF8.self), String(decoding: $1, as: UTF8.self))
            }
        }
    }
}
