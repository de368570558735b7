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

    init(_ entries: [TokenizerDefinition.Entry], normalizes: Bool) {
        for (id, entry) in entries.enumerated() {
            switch entry.kind {
            case .control, .unknown: Self.insert(entry, id, normalizes, &all)
            case .userDefined:
                Self.insert(entry, id, normalizes, &all)
                Self.insert(entry, id, normalizes, &textual)
            case .normal, .unused, .byte: continue
            }
        }
    }

    private static func insert(
        _ entry: TokenizerDefinition.Entry, _ id: Int, _ normalizes: Bool, _ stages: inout Stages
    ) {
        if entry.matchesRawText || !normalizes {
            stages.raw.insert(entry.spelling.utf8, id: id)
            return
        }
        let spelling = Array(entry.spelling.utf8)
        spelling.withUnsafeBufferPointer { bytes in
            Normalization.composed(bytes) { stages.normalized.insert($0, id: id) }
        }
    }
}
