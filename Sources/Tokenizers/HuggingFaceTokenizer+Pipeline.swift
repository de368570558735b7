import Documents

extension HuggingFaceTokenizer {
    /// Whether text is composed (NFC) first.
    func normalizes() throws(TokenizerError) -> Bool {
        guard let normalizer = document["normalizer"], !normalizer.isNull else { return false }
        for part in steps(normalizer, "normalizers") {
            let type = part["type"]?.asString ?? part.kind
            guard type == "NFC" else {
                throw .unsupported("normalizer", "the normalizer '\(type)'", supported: ["none", "NFC"])
            }
        }
        return !steps(normalizer, "normalizers").isEmpty
    }

    /// Which of the known regular expressions cuts the text.
    func preTokenizer() throws(TokenizerError) -> PreTokenizer {
        let steps = steps(document["pre_tokenizer"] ?? .null, "pretokenizers")
        let types = steps.map { $0["type"]?.asString ?? $0.kind }
        guard let last = steps.last, types == ["ByteLevel"] || types == ["Split", "ByteLevel"] else {
            throw .unsupported(
                "pre_tokenizer", "the sequence \(types.joined(separator: ", "))",
                supported: ["ByteLevel", "Split then ByteLevel"])
        }
        if last["add_prefix_space"]?.asBoolean == true {
            throw .unsupported("pre_tokenizer", "add_prefix_space", supported: ["text as it is"])
        }
        let usesRegex = last["use_regex"]?.asBoolean ?? true
        guard usesRegex == (steps.count == 1) else {
            throw .unsupported(
                "pre_tokenizer", steps.count == 1 ? "ByteLevel without a regex" : "cutting twice",
                supported: ["ByteLevel with use_regex", "Split then ByteLevel without"])
        }
        return steps.count == 1 ? .gpt2 : try split(steps[0])
    }

    private func split(_ split: JSON) throws(TokenizerError) -> PreTokenizer {
        let supported = PreTokenizer.allCases.map(\.rawValue)
        guard let pattern = split["pattern"]?["Regex"]?.asString else {
            throw .unsupported("pre_tokenizer", "a Split without a Regex", supported: supported)
        }
        // Either form keeps the matches, and the known patterns match every character.
        let behavior = split["behavior"]?.asString ?? "Isolated"
        let isInverted = split["invert"]?.asBoolean ?? false
        guard (behavior == "Isolated" && !isInverted) || (behavior == "Removed" && isInverted) else {
            throw .unsupported(
                "pre_tokenizer", "a Split with behavior \(behavior)\(isInverted ? ", inverted" : "")",
                supported: ["Isolated", "Removed, inverted"])
        }
        guard let known = PreTokenizer.allCases.first(where: { $0.pattern == pattern }) else {
            throw .unsupported(
                "pre_tokenizer", "the pattern \(pattern.debugDescription)",
                supported: PreTokenizer.allCases.map { "\($0.rawValue): \($0.pattern)" })
        }
        return known
    }

    /// Refuses decoders that would not give back the bytes of the pieces.
    func checkDecoder() throws(TokenizerError) {
        for part in steps(document["decoder"] ?? .null, "decoders") {
            let type = part["type"]?.asString ?? part.kind
            guard type == "ByteLevel" else {
                throw .unsupported("decoder", "the decoder '\(type)'", supported: ["ByteLevel"])
            }
        }
    }

    /// What stands around a text: `add_bos_token` of the configuration where it is written, else the post-processor.
    func boundary(_ marks: TokenizerDefinition.Marks) throws(TokenizerError) -> TextBoundary {
        var (prefix, suffix) = try template()
        var rule = prefix.isEmpty ? "adds no BOS: tokenizer.json says so" : "adds BOS: tokenizer.json says so"
        if let adds = configuration["add_bos_token"]?.asBoolean {
            if adds, marks.bos == nil {
                throw .missing("tokenizer_config.json bos_token", "is not there, but add_bos_token is true")
            }
            prefix = adds ? [marks.bos].compactMap(\.self) : []
            rule = "\(adds ? "adds BOS" : "adds no BOS"): add_bos_token is \(adds) in tokenizer_config.json"
        }
        if configuration["add_eos_token"]?.asBoolean == true, suffix.isEmpty {
            guard let eos = marks.eos else {
                throw .missing("tokenizer_config.json eos_token", "is not there, but add_eos_token is true")
            }
            suffix = [eos]
        }
        return TextBoundary(prefix: prefix, suffix: suffix, rule: suffix.isEmpty ? rule : rule + "; adds EOS")
    }

    /// The ids before and after the text in a `TemplateProcessing` post-processor.
    private func template() throws(TokenizerError) -> (prefix: [Int], suffix: [Int]) {
        var prefix: [Int] = []
        var suffix: [Int] = []
        for part in steps(document["post_processor"] ?? .null, "processors") {
            let type = part["type"]?.asString ?? part.kind
            if type == "ByteLevel" { continue }
            guard type == "TemplateProcessing" else {
                throw .unsupported(
                    "post_processor", "the post-processor '\(type)'", supported: ["ByteLevel", "TemplateProcessing"])
            }
            var isAfterText = false
            for item in part["single"]?.asArray ?? [] {
                if item["Sequence"] != nil {
                    isAfterText = true
                    continue
                }
                guard let name = item["SpecialToken"]?["id"]?.asString,
                    let listed = part["special_tokens"]?[name]?["ids"]?.asArray
                else { throw .malformed("post_processor", "the template names no token: \(item)") }
                for value in listed {
                    guard let id = value.asInteger else {
                        throw .malformed("post_processor", "\(value) is no token id")
                    }
                    if isAfterText { suffix.append(id) } else { prefix.append(id) }
                }
            }
        }
        return (prefix, suffix)
    }

    /// A `Sequence`'s parts, one part as it is, none for null.
    func steps(_ value: JSON, _ list: String) -> [JSON] {
        if value.isNull { return [] }
        return value["type"]?.asString == "Sequence" ? value[list]?.asArray ?? [] : [value]
    }
}
