/// What becomes of spaces before characters are merged: each is marked as U+2581, and one may be put in front.
struct SpaceRule: Hashable, Sendable {
    /// Where a mark is put in front.
    enum Prefix: Hashable, Sendable {
        case none
        /// Before every stretch between added pieces, whatever it begins with (the normalizer `Prepend`).
        case everyStretch
        /// Before every stretch that does not begin with a mark (`Metaspace`, `always`).
        case everyUnmarkedStretch
        /// Before the text, if it begins with neither a mark nor an added piece (`Metaspace`, `first`).
        case unmarkedText
    }

    var prefix: Prefix
    /// Whether added pieces that are looked for in normalized text are looked for after marks are put: normalizers put them
    /// before, pre-tokenizers after that.
    var marksBeforeAddedPieces: Bool
    /// Whether pieces end before every mark.
    var splitsWords: Bool
    /// Whether decoding takes one space from the front of a text.
    var dropsLeadingSpace: Bool

    static let mark: [UInt8] = Array("\u{2581}".utf8)

    /// A stretch with its spaces marked.
    /// - Parameter isTextStart: whether nothing of the text comes before it.
    func marked(_ text: UnsafeBufferPointer<UInt8>, isTextStart: Bool) -> [UInt8] {
        guard !text.isEmpty else { return [] }
        var marked: [UInt8] = []
        marked.reserveCapacity(text.count + text.count / 2 + 3)
        let beginsMarked = text[0] == UInt8(ascii: " ") || text.starts(with: Self.mark)
        let needsPrefix =
            switch prefix {
            case .none: false
            case .everyStretch: true
            case .everyUnmarkedStretch: !beginsMarked
            case .unmarkedText: isTextStart && !beginsMarked
            }
        if needsPrefix { marked += Self.mark }
        for byte in text {
            if byte == UInt8(ascii: " ") { marked += Self.mark } else { marked.append(byte) }
        }
        return marked
    }
}
