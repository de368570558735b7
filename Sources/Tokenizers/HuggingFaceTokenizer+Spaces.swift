import Documents

extension HuggingFaceTokenizer {
    /// What becomes of spaces in a SentencePiece model written as `tokenizer.json`: by normalizers, as Llama 2's older files
    /// have it, or by the pre-tokenizer `Metaspace`.
    /// - Throws: ``TokenizerError`` `unsupported` by name for anything else.
    func spaces() throws(TokenizerError) -> SpaceRule {
        let normalizers = steps(document["normalizer"] ?? .null, "normalizers")
        let cutters = steps(document["pre_tokenizer"] ?? .null, "pretokenizers")
        let drops = try dropsLeadingSpace()
        guard let cutter = cutters.first else {
            return SpaceRule(
                prefix: try normalizedPrefix(normalizers), marksBeforeAddedPieces: true, splitsWords: false,
                dropsLeadingSpace: drops)
        }
        guard cutters.count == 1, cutter["type"]?.asString == "Metaspace", normalizers.isEmpty else {
            let types = (normalizers + cutters).map { $0["type"]?.asString ?? $0.kind }
            throw .unsupported(
                "pre_tokenizer", "the steps \(types.joined(separator: ", ")) with byte_fallback",
                supported: ["Prepend and Replace as normalizers", "Metaspace alone"])
        }
        guard (cutter["replacement"]?.asString ?? Self.mark) == Self.mark else {
            throw .unsupported(
                "pre_tokenizer Metaspace", "a replacement other than U+2581", supported: ["U+2581"])
        }
        return SpaceRule(
            prefix: try metaspacePrefix(cutter), marksBeforeAddedPieces: false,
            splitsWords: cutter["split"]?.asBoolean ?? true, dropsLeadingSpace: drops)
    }

    /// Gives the pieces of bytes, and the one for what cannot be expressed, their kinds.
    func markBytes(_ entries: inout [TokenizerDefinition.Entry]) {
        let unknown = document["model"]?["unk_token"]?.asString
        for index in entries.indices {
            let isByte = entries[index].kind == .normal && BytePieces.byte(entries[index].spelling) != nil
            if isByte { entries[index].kind = .byte }
            if let unknown, entries[index].spelling.utf8.elementsEqual(unknown.utf8) { entries[index].kind = .unknown }
        }
    }

    private static let mark = "\u{2581}"

    /// `Prepend` a mark, then `Replace` spaces by marks; or the latter alone.
    private func normalizedPrefix(_ steps: [JSON]) throws(TokenizerError) -> SpaceRule.Prefix {
        let isReplaced =
            steps.last?["type"]?.asString == "Replace" && steps.last?["pattern"]?["String"]?.asString == " "
            && steps.last?["content"]?.asString == Self.mark
        let first = steps.first
        let isPrepended = first?["type"]?.asString == "Prepend" && first?["prepend"]?.asString == Self.mark
        if isReplaced, steps.count == 1 { return .none }
        if isReplaced, steps.count == 2, isPrepended { return .everyStretch }
        let types = steps.map { $0["type"]?.asString ?? $0.kind }
        throw .unsupported(
            "normalizer", "the steps \(types.isEmpty ? "none" : types.joined(separator: ", ")) with byte_fallback",
            supported: ["Prepend U+2581 then Replace space by it", "Replace space by U+2581"])
    }

    private func metaspacePrefix(_ cutter: JSON) throws(TokenizerError) -> SpaceRule.Prefix {
        let old = cutter["add_prefix_space"]?.asBoolean ?? true
        let scheme = cutter["prepend_scheme"]?.asString ?? (old ? "always" : "never")
        switch scheme {
        case "always": return .everyUnmarkedStretch
        case "first": return .unmarkedText
        case "never": return .none
        default:
            throw .unsupported(
                "pre_tokenizer Metaspace", "prepend_scheme '\(scheme)'", supported: ["always", "first", "never"])
        }
    }

    /// Whether the decoder takes a space from the front; refuses decoders that would give back other bytes.
    private func dropsLeadingSpace() throws(TokenizerError) -> Bool {
        var drops = false
        for step in steps(document["decoder"] ?? .null, "decoders") {
            let type = step["type"]?.asString ?? step.kind
            switch type {
            case "Replace" where step["pattern"]?["String"]?.asString == Self.mark && step["content"]?.asString == " ":
                continue
            case "ByteFallback", "Fuse": continue
            case "Strip" where step["content"]?.asString == " " && step["stop"]?.asInteger == 0:
                guard let start = step["start"]?.asInteger, start == 0 || start == 1 else {
                    throw .unsupported("decoder Strip", "a start other than 0 and 1", supported: ["0", "1"])
                }
                drops = start == 1
            case "Metaspace": drops = try metaspacePrefix(step) != .none
            default:
                throw .unsupported(
                    "decoder", "the decoder '\(type)' with byte_fallback",
                    supported: ["Replace U+2581 by a space", "ByteFallback", "Fuse", "Strip", "Metaspace"])
            }
        }
        return drops
    }
}
