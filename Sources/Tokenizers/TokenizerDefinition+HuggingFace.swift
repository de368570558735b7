import Documents

extension TokenizerDefinition {
    /// Reads a tokenizer from the files of a Hugging Face folder.
    ///
    /// - Parameters:
    ///   - document: `tokenizer.json`.
    ///   - configuration: `tokenizer_config.json`, which names BOS and EOS.
    ///   - rows: how many rows the model's embedding has; rows beyond the tokenizer's pieces become unused ones.
    /// - Throws: ``TokenizerError`` `unsupported` for a model, normalizer, pre-tokenizer, post-processor, decoder or
    ///   option that is not known here, by name; `missing` and `malformed` for fields that are not as they should be.
    public init(tokenizerJSON document: JSON, configuration: JSON? = nil, rows: Int? = nil) throws(TokenizerError) {
        let file = HuggingFaceTokenizer(document: document, configuration: configuration ?? [:])
        try file.checkModel()
        entries = try file.entries()
        let merges = try file.merges()
        let ignoresMerges = document["model"]?["ignore_merges"]?.asBoolean ?? false
        if document["model"]?["byte_fallback"]?.asBoolean == true {
            file.markBytes(&entries)
            model = .characters(merges: merges, spaces: try file.spaces(), ignoresMerges: ignoresMerges)
        } else {
            let normalizes = try file.normalizes()
            let pre = try file.preTokenizer()
            // OLMo's pieces are GPT-2's, and GGUF tells the two apart by whether text is composed.
            model = .byteLevel(
                merges: merges, pre: pre == .gpt2 && normalizes ? .olmo : pre, normalizes: normalizes,
                ignoresMerges: ignoresMerges)
            try file.checkDecoder()
        }
        marks = Marks()
        boundary = TextBoundary(rule: "")
        marks.bos = try file.mark("bos_token", among: entries)
        marks.eos = try file.mark("eos_token", among: entries)
        marks.unknown = try file.mark("unk_token", among: entries)
        marks.padding = try file.mark("pad_token", among: entries)
        boundary = try file.boundary(marks)
        for id in boundary.prefix + boundary.suffix where !entries.indices.contains(id) {
            throw .malformed("post_processor", "id \(id) is not in the vocabulary of \(entries.count) pieces")
        }
        findEndOfGeneration()
        if let rows { try pad(toRows: rows) }
    }
}

/// The parts of `tokenizer.json` and `tokenizer_config.json` that decide what ids a text has.
struct HuggingFaceTokenizer {
    let document: JSON
    let configuration: JSON

    /// Refuses models other than BPE and the options of BPE that nothing here implements.
    func checkModel() throws(TokenizerError) {
        guard let model = document["model"], model.asObject != nil else { throw .missing("model") }
        let type = model["type"]?.asString ?? "BPE"
        guard type == "BPE" else { throw .unsupported("model.type", "the model '\(type)'", supported: ["BPE"]) }
        for option in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let value = model[option]?.asString, !value.isEmpty {
                throw .unsupported("model.\(option)", "'\(value)'", supported: ["none"])
            }
        }
        if let dropout = model["dropout"]?.asDouble, dropout != 0 {
            throw .unsupported("model.dropout", "dropout \(dropout)", supported: ["none"])
        }
    }

    /// Every row: the model's pieces, added pieces over them, unused rows where ids leave gaps.
    func entries() throws(TokenizerError) -> [TokenizerDefinition.Entry] {
        guard let vocabulary = document["model"]?["vocab"]?.asObject else { throw .missing("model.vocab") }
        var entries: [TokenizerDefinition.Entry?] = []
        for member in vocabulary.members {
            let id = try id(member.value, "model.vocab")
            while entries.count <= id { entries.append(nil) }
            if let other = entries[id] { throw clash(id, other.spelling, member.key) }
            entries[id] = .init(spelling: member.key, kind: .normal)
        }
        for added in document["added_tokens"]?.asArray ?? [] {
            let (id, entry) = try addedEntry(added)
            while entries.count <= id { entries.append(nil) }
            // Its id may stand in the model's vocabulary too, but then under the same spelling.
            if let other = entries[id], Array(other.spelling.utf8) != Array(entry.spelling.utf8) {
                throw clash(id, other.spelling, entry.spelling)
            }
            entries[id] = entry
        }
        guard !entries.isEmpty else { throw .missing("model.vocab", "has no piece") }
        return entries.enumerated().map { $1 ?? TokenizerDefinition.unusedEntry($0) }
    }

    private func addedEntry(_ added: JSON) throws(TokenizerError) -> (Int, TokenizerDefinition.Entry) {
        guard let content = added["content"]?.asString else {
            throw .malformed("added_tokens", "an entry has no content")
        }
        let id = try id(added["id"] ?? .null, "added_tokens")
        for option in ["single_word", "lstrip", "rstrip"] where added[option]?.asBoolean == true {
            throw .unsupported("added_tokens \(content.debugDescription)", "'\(option)'", supported: ["plain pieces"])
        }
        let isSpecial = added["special"]?.asBoolean ?? false
        let isNormalized = added["normalized"]?.asBoolean ?? !isSpecial
        return (
            id, .init(spelling: content, kind: isSpecial ? .control : .userDefined, matchesRawText: !isNormalized)
        )
    }

    private func id(_ value: JSON, _ field: String) throws(TokenizerError) -> Int {
        guard let id = value.asInteger, id >= 0, id < TokenizerDefinition.rowLimit else {
            throw .malformed(field, "\(value) is no token id")
        }
        return id
    }

    private func clash(_ id: Int, _ first: String, _ second: String) -> TokenizerError {
        TokenizerError(
            .duplicate, "token id \(id)", "it is given to \(first.debugDescription) and \(second.debugDescription)",
            remedy: "take the tokenizer from the original checkpoint")
    }

    /// The merges, best first: each `"left right"` or `["left", "right"]`.
    func merges() throws(TokenizerError) -> [(left: String, right: String)] {
        guard let list = document["model"]?["merges"]?.asArray else { throw .missing("model.merges") }
        var merges: [(left: String, right: String)] = []
        merges.reserveCapacity(list.count)
        for (rank, merge) in list.enumerated() {
            switch merge {
            case .string(let text):
                guard let pair = TokenizerDefinition.pair(text) else { throw badMerge(rank, merge) }
                merges.append(pair)
            case .array(let parts):
                guard parts.count == 2, let left = parts[0].asString, let right = parts[1].asString else {
                    throw badMerge(rank, merge)
                }
                merges.append((left, right))
            default: throw badMerge(rank, merge)
            }
        }
        return merges
    }

    private func badMerge(_ rank: Int, _ merge: JSON) -> TokenizerError {
        .malformed("model.merges", "merge \(rank) is not two pieces: \(merge)")
    }

    /// The id of the token that a field of `tokenizer_config.json` names, as text or as `{"content": …}`.
    func mark(_ field: String, among entries: [TokenizerDefinition.Entry]) throws(TokenizerError) -> Int? {
        guard let value = configuration[field], !value.isNull else { return nil }
        guard let name = value.asString ?? value["content"]?.asString else {
            throw .malformed("tokenizer_config.json \(field)", "\(value) names no token")
        }
        let bytes = Array(name.utf8)
        guard let id = entries.firstIndex(where: { $0.spelling.utf8.elementsEqual(bytes) }) else {
            throw .malformed("tokenizer_config.json \(field)", "\(name.debugDescription) is not in the vocabulary")
        }
        return id
    }
}
