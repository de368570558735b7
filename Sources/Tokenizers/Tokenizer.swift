/// Turns text into token ids and back.
///
/// Every text has ids, and ids of one text decode to it again (after normalization, where the tokenizer normalizes).
public protocol Tokenizer: Sendable {
    /// The pieces by id.
    var vocabulary: Vocabulary { get }

    /// The marks put around a text.
    var boundary: TextBoundary { get }

    /// What kind of tokenizer it is, in a few words, for instance `byte-level BPE, qwen2, NFC`.
    var summary: String { get }

    /// Whether decoding drops one space at the start of a text, because encoding adds one.
    var dropsLeadingSpace: Bool { get }

    /// The ids of a text.
    ///
    /// - Parameters:
    ///   - parsingSpecialTokens: whether the spelling of a control piece in the text becomes that piece; otherwise it is
    ///     text like any other.
    ///   - addingBoundary: whether the marks of ``boundary`` are put around the text.
    /// - Complexity: O(n log n) in the length of the text.
    func encode(_ text: String, parsingSpecialTokens: Bool, addingBoundary: Bool) -> [Int]
}

extension Tokenizer {
    /// The ids of a text, with special tokens parsed and the marks of ``boundary`` around it.
    public func encode(_ text: String) -> [Int] {
        encode(text, parsingSpecialTokens: true, addingBoundary: true)
    }

    /// The bytes that ids stand for.
    ///
    /// - Throws: ``TokenizerError`` `idOutOfRange`.
    public func decodeBytes(_ ids: some Sequence<Int>) throws(TokenizerError) -> [UInt8] {
        var bytes: [UInt8] = []
        for id in ids { bytes += try vocabulary.bytes(of: id) }
        if dropsLeadingSpace, bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
        return bytes
    }

    /// The text that ids stand for; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TokenizerError`` `idOutOfRange`.
    public func decode(_ ids: some Sequence<Int>) throws(TokenizerError) -> String {
        String(decoding: try decodeBytes(ids), as: UTF8.self)
    }

    /// A decoder to which ids are given one at a time.
    public func makeStreamingDecoder() -> StreamingDecoder {
        StreamingDecoder(vocabulary: vocabulary, dropsLeadingSpace: dropsLeadingSpace)
    }
}
