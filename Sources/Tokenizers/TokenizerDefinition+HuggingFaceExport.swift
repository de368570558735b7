import Documents

extension TokenizerDefinition {
    /// The tokenizer as `tokenizer.json`, which the `tokenizers` package reads to the same ids.
    ///
    /// - Throws: ``TokenizerError`` `unsupported` for a vocabulary that was read from such a file, `malformed` for scores
    ///   that are no numbers.
    public func tokenizerJSON() throws(TokenizerError) -> JSON {
        switch model {
        case .byteLevel(let merges, let pre, let normalizes, let ignoresMerges):
            return tokenizerJSON(
                normalizer: normalizes ? ["type": "NFC"] : .null, preTokenizer: Self.preTokenizer(pre),
                postProcessor: template ?? Self.byteLevel(trimsOffsets: false, usesRegex: true),
                decoder: Self.byteLevel(trimsOffsets: true, usesRegex: true),
                merges: merges, model: ["ignore_merges": .boolean(ignoresMerges)])
        case .sentencePiece(let scores, let addsSpacePrefix):
            return try sentencePieceJSON(scores, addsSpacePrefix: addsSpacePrefix)
        case .characters:
            throw .unsupported(
                "tokenizer.json", "a file made of another tokenizer.json", supported: ["carrying the file itself"])
        }
    }

    /// The document around a BPE model.
    /// - Parameter own: members of the model that differ from the usual.
    func tokenizerJSON(
        normalizer: JSON, preTokenizer: JSON, postProcessor: JSON, decoder: JSON,
        merges: [(left: String, right: String)], model own: JSON
    ) -> JSON {
        let usual: JSON = [
            "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
            "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
        ]
        var model = usual.asObject ?? JSONObject()
        for member in own.asObject?.members ?? [] { model[member.key] = member.value }
        model["vocab"] = .object(vocabulary)
        model["merges"] = .array(merges.map { [.string($0.left), .string($0.right)] })
        return [
            "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": .array(addedTokens),
            "normalizer": normalizer, "pre_tokenizer": preTokenizer, "post_processor": postProcessor,
            "decoder": decoder, "model": .object(model),
        ]
    }

    /// The `tokenizer_config.json` beside it.
    public func tokenizerConfiguration(chatTemplate: String?, contextLength: Int) -> JSON {
        var values = JSONObject()
        values["tokenizer_class"] = "PreTrainedTokenizerFast"
        values["clean_up_tokenization_spaces"] = false
        values["model_max_length"] = .number(JSONNumber(contextLength))
        let named = [
            ("bos_token", marks.bos), ("eos_token", marks.eos), ("unk_token", marks.unknown),
            ("pad_token", marks.padding),
        ]
        for (key, id) in named {
            values[key] = id.flatMap { entries.indices.contains($0) ? .string(entries[$0].spelling) : nil } ?? .null
        }
        if let chatTemplate { values["chat_template"] = .string(chatTemplate) }
        return .object(values)
    }

    /// The ids of the marks that configurations name.
    public var markIDs: (bos: Int?, eos: Int?, padding: Int?, ends: [Int]) {
        (marks.bos, marks.eos, marks.padding, marks.endOfGeneration.sorted())
    }

    /// Every piece but rows that no text leads to. Marks stand here too, so that each keeps its id.
    private var vocabulary: JSONObject {
        var vocabulary = JSONObject()
        for (id, entry) in entries.enumerated() where entry.kind != .unused {
            vocabulary[entry.spelling] = .number(JSONNumber(id))
        }
        return vocabulary
    }

    private var addedTokens: [JSON] {
        entries.enumerated().compactMap { id, entry in
            let isUnknown = entry.kind == .unknown && marks.unknown == id
            guard entry.kind == .control || entry.kind == .userDefined || isUnknown else { return nil }
            return [
                "id": .number(JSONNumber(id)), "content": .string(entry.spelling), "single_word": false,
                "lstrip": false, "rstrip": false, "normalized": .boolean(!entry.matchesRawText),
                "special": .boolean(entry.kind != .userDefined),
            ]
        }
    }

    private static func preTokenizer(_ pre: PreTokenizer) -> JSON {
        if pre == .gpt2 { return byteLevel(trimsOffsets: true, usesRegex: true) }
        return [
            "type": "Sequence",
            "pretokenizers": [
                [
                    "type": "Split", "pattern": ["Regex": .string(pre.pattern)], "behavior": "Isolated",
                    "invert": false,
                ],
                byteLevel(trimsOffsets: true, usesRegex: false),
            ],
        ]
    }

    private static func byteLevel(trimsOffsets: Bool, usesRegex: Bool) -> JSON {
        [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": .boolean(trimsOffsets),
            "use_regex": .boolean(usesRegex),
        ]
    }

    /// The marks put around a text; nil without any.
    var template: JSON? {
        guard !boundary.prefix.isEmpty || !boundary.suffix.isEmpty else { return nil }
        func special(_ id: Int) -> JSON {
            ["SpecialToken": ["id": .string(entries[id].spelling), "type_id": 0]]
        }
        func sequence(_ name: String, _ type: Int) -> JSON {
            ["Sequence": ["id": .string(name), "type_id": .number(JSONNumber(type))]]
        }
        let (before, after) = (boundary.prefix.map(special), boundary.suffix.map(special))
        var tokens = JSONObject()
        for id in boundary.prefix + boundary.suffix {
            let name = entries[id].spelling
            tokens[name] = [
                "id": .string(name), "ids": [.number(JSONNumber(id))], "tokens": [.string(name)],
            ]
        }
        return [
            "type": "TemplateProcessing", "single": .array(before + [sequence("A", 0)] + after),
            "pair": .array(before + [sequence("A", 0)] + after + before + [sequence("B", 1)] + after),
            "special_tokens": .object(tokens),
        ]
    }
}
