/// The added pieces of a tokenizer, by when they are cut out of a text.
struct AddedSets: Sendable {
    /// Pieces cut out of the text as it was written, and pieces cut out of the rest once it is normalized.
    struct Stages: Sendable {
        var raw = AddedPieces()
        var normalized = AddedPieces()
    }

    /// Control pieces and user-defined ones.
    private(set) var all = Stages()
    /// User-defined ones only, for texts in which the spelling of a control piece is just text.
    private(set) var textual = Stages()

    /// - Parameter normalizes: whether text is composed (NFC) before pieces are looked for in normalized text.
    init(_ entries: [TokenizerDefinition.Entry], normalizes: Bool) {
        let composing: (([UInt8]) -> [UInt8])? = normalizes ? { Self.composed($0) } : nil
        self.init(entries, normalizing: composing)
    }

    /// - Parameter normalizing: what becomes of a spelling that is looked for in normalized text; nil where nothing does, so
    ///   that such pieces may as well be looked for in raw text.
    init(_ entries: [TokenizerDefinition.Entry], normalizing: (([UInt8]) -> [UInt8])?) {
        for (id, entry) in entries.enumerated() {
            switch entry.kind {
            case .control, .unknown: Self.insert(entry, id, normalizing, &all)
            case .userDefined:
                Self.insert(entry, id, normalizing, &all)
                Self.insert(entry, id, normalizing, &textual)
            case .normal, .unused, .byte: continue
            }
        }
    }

    private static func insert(
        _ entry: TokenizerDefinition.Entry, _ id: Int, _ normalizing: (([UInt8]) -> [UInt8])?, _ stages: inout Stages
    ) {
        let spelling = Array(entry.spelling.utf8)
        if !entry.matchesRawText, let normalizing {
            stages.normalized.insert(normalizing(spelling), id: id)
        } else {
            stages.raw.insert(spelling, id: id)
        }
    }

    private static func composed(_ spelling: [UInt8]) -> [UInt8] {
        var composed: [UInt8] = []
        spelling.withUnsafeBufferPointer { bytes in Normalization.composed(bytes) { composed = Array($0) } }
        return composed
    }
}
