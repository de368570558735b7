/// Decodes ids one at a time and holds back a character until its last byte has come.
public struct StreamingDecoder: Sendable {
    private let vocabulary: Vocabulary
    private var dropsLeadingSpace: Bool
    private var pending: [UInt8] = []

    init(vocabulary: Vocabulary, dropsLeadingSpace: Bool) {
        self.vocabulary = vocabulary
        self.dropsLeadingSpace = dropsLeadingSpace
    }

    /// The text that has become certain with this id; empty while a character is incomplete.
    ///
    /// - Throws: ``TokenizerError`` `idOutOfRange`; what was held back stays.
    public mutating func append(_ id: Int) throws(TokenizerError) -> String {
        var bytes = try vocabulary.bytes(of: id)
        if dropsLeadingSpace, !bytes.isEmpty {
            dropsLeadingSpace = false
            if bytes[0] == UInt8(ascii: " ") { bytes.removeFirst() }
        }
        pending += bytes
        let complete = pending.count - Self.incompleteTail(of: pending)
        defer { pending.removeFirst(complete) }
        return String(decoding: pending[..<complete], as: UTF8.self)
    }

    /// What was held back, with bytes that never became a character as U+FFFD.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a character that more bytes could complete.
    private static func incompleteTail(of bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            if lead & 0xC0 == 0x80 { continue }
            let needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
            return lead <= 0xF4 && needed > length ? length : 0
        }
        return 0
    }
}
