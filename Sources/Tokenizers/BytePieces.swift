/// The pieces by which SentencePiece spells what its vocabulary has no character for: `<0x00>` to `<0xFF>`.
enum BytePieces {
    /// How the piece of a byte is spelled.
    static func spelling(_ byte: UInt8) -> String {
        "<0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) + ">"
    }

    /// The byte that a piece is spelled as; nil for any other piece.
    static func byte(_ spelling: String) -> UInt8? {
        guard spelling.utf8.count == 6, spelling.hasPrefix("<0x"), spelling.hasSuffix(">") else { return nil }
        return UInt8(spelling.dropFirst(3).dropLast(), radix: 16)
    }

    /// The id of each byte's piece.
    /// - Throws: ``TokenizerError`` `missing` naming the first that there is not.
    static func ids(in vocabulary: Vocabulary) throws(TokenizerError) -> [Int] {
        var ids: [Int] = []
        for byte in UInt8.min...UInt8.max {
            guard let id = vocabulary.id(ofSpelling: spelling(byte)) else {
                throw TokenizerError(
                    .missing, "vocabulary", "no piece \(spelling(byte)) stands for that byte",
                    remedy: "a SentencePiece vocabulary needs a piece for every byte, or some texts have no ids")
            }
            ids.append(id)
        }
        return ids
    }

    /// The bytes that a piece of such a vocabulary stands for: U+2581 is a space.
    static func content(of entry: TokenizerDefinition.Entry) -> [UInt8] {
        switch entry.kind {
        case .byte: byte(entry.spelling).map { [$0] } ?? Array(entry.spelling.utf8)
        case .normal:
            Array(
                String(String.UnicodeScalarView(entry.spelling.unicodeScalars.map { $0 == "\u{2581}" ? " " : $0 })).utf8
            )
        case .unknown, .control, .userDefined, .unused: Array(entry.spelling.utf8)
        }
    }
}
