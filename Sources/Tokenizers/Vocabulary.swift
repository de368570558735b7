/// The pieces of a tokenizer by id: how each is spelled in the file, which bytes it stands for, and what it is for.
public struct Vocabulary: Sendable {
    /// What a piece is for; the raw values are GGUF's `token_type`.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// A piece of text.
        case normal = 1
        /// What stands for text that cannot be expressed.
        case unknown = 2
        /// A mark with a meaning, such as the end of a turn; it is no text.
        case control = 3
        /// Text that is always one piece wherever it stands.
        case userDefined = 4
        /// A row of the embedding that no text leads to.
        case unused = 5
        /// One byte, for text that has no better piece.
        case byte = 6
    }

    private let spellings: ByteStrings
    private let contents: ByteStrings
    private let kinds: [Kind]
    private let spellingIndex: ByteIndex

    /// The id of the mark that begins a text, if there is one.
    public let bos: Int?
    /// The id of the mark that ends a text, if there is one.
    public let eos: Int?
    /// The id that stands for text which cannot be expressed, if there is one.
    public let unknown: Int?
    /// The id that fills rows of a batch, if there is one.
    public let padding: Int?
    /// The ids after which generation stops, ascending.
    public let endOfGeneration: [Int]

    /// How many pieces there are; ids run from 0 to one less.
    public var count: Int { kinds.count }

    /// The ids of the control pieces, ascending.
    public var controlIDs: [Int] { kinds.indices.filter { kinds[$0] == .control } }

    /// How the piece is spelled in the file: in byte-level vocabularies a space is `Ġ`, a newline `Ċ`.
    ///
    /// - Throws: ``TokenizerError`` `idOutOfRange`.
    public func spelling(of id: Int) throws(TokenizerError) -> String {
        try check(id)
        return String(decoding: spellings[id], as: UTF8.self)
    }

    /// The bytes that the piece stands for; they need not be whole characters.
    ///
    /// - Throws: ``TokenizerError`` `idOutOfRange`.
    public func bytes(of id: Int) throws(TokenizerError) -> [UInt8] {
        try check(id)
        return Array(contents[id])
    }

    /// The text that the piece stands for; bytes that are not UTF-8 by themselves are shown as `<0xE2>`.
    ///
    /// - Throws: ``TokenizerError`` `idOutOfRange`.
    public func text(of id: Int) throws(TokenizerError) -> String {
        let bytes = try bytes(of: id)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return bytes.map { byte in
            byte < 0x80
                ? String(Character(Unicode.Scalar(byte))) : "<0x" + String(byte, radix: 16, uppercase: true) + ">"
        }.joined()
    }

    /// What the piece is for.
    ///
    /// - Throws: ``TokenizerError`` `idOutOfRange`.
    public func kind(of id: Int) throws(TokenizerError) -> Kind {
        try check(id)
        return kinds[id]
    }

    /// The id of the piece that is spelled so in the file.
    public func id(ofSpelling spelling: String) -> Int? { id(ofSpelling: Array(spelling.utf8)) }

    func id(ofSpelling spelling: [UInt8]) -> Int? {
        spelling.withUnsafeBufferPointer { spellingIndex.find($0, in: spellings) }
    }

    func id(ofSpelling spelling: UnsafeBufferPointer<UInt8>) -> Int? { spellingIndex.find(spelling, in: spellings) }

    func content(of id: Int) -> ArraySlice<UInt8> { contents[id] }

    private func check(_ id: Int) throws(TokenizerError) {
        guard kinds.indices.contains(id) else {
            throw TokenizerError(
                .idOutOfRange, "token id \(id)", "the vocabulary has \(count) pieces",
                remedy: "ids run from 0 to \(count - 1)")
        }
    }
}

extension Vocabulary {
    /// Builds the tables. `content` gives the bytes of a piece.
    ///
    /// - Throws: ``TokenizerError`` `duplicate` when two pieces are spelled alike, `malformed` for a mark out of range.
    init(
        entries: [TokenizerDefinition.Entry], marks: TokenizerDefinition.Marks,
        content: (TokenizerDefinition.Entry) -> [UInt8]
    ) throws(TokenizerError) {
        var spellings = ByteStrings()
        var contents = ByteStrings()
        spellings.reserve(count: entries.count, bytes: entries.count * 8)
        contents.reserve(count: entries.count, bytes: entries.count * 8)
        var index = ByteIndex(capacity: entries.count)
        for (id, entry) in entries.enumerated() {
            spellings.append(entry.spelling.utf8)
            contents.append(content(entry))
            guard let earlier = index.insert(id, of: spellings) else { continue }
            throw TokenizerError(
                .duplicate, "token id \(id)", "it is spelled like id \(earlier): \(entry.spelling.debugDescription)",
                remedy: "take the tokenizer from the original checkpoint")
        }
        self.spellings = spellings
        self.contents = contents
        kinds = entries.map(\.kind)
        spellingIndex = index
        for (name, id) in marks.named where id < 0 || id >= entries.count {
            throw .malformed("\(name) id \(id)", "the vocabulary has \(entries.count) pieces")
        }
        bos = marks.bos
        eos = marks.eos
        unknown = marks.unknown
        padding = marks.padding
        endOfGeneration = marks.endOfGeneration.sorted()
    }
}
