/// Token sequences to measure over: windows of a text, or items one by one.
public struct TokenCorpus: Sendable, Hashable {
    /// What it is called in tables and messages.
    public var name: String
    public var items: [TokenItem]
    /// The length of its windows; nil where items have their own lengths.
    public let windowLength: Int?
    /// Tokens behind the last whole window, which are left out.
    public let droppedTokens: Int

    /// A corpus of items.
    public init(name: String, items: [TokenItem]) {
        self.name = name
        self.items = items
        windowLength = nil
        droppedTokens = 0
    }

    /// Windows of a text, one after another without overlap; what does not fill the last one is left out.
    /// - Throws: `ScoringError` if the text does not fill one window; a smaller one is the remedy.
    public init(
        name: String, text tokens: [Int], windowLength: Int, family: String? = nil
    ) throws(ScoringError) {
        guard windowLength > 1 else {
            throw ScoringError(
                code: "corpus.window", subject: name, message: "a window of \(windowLength) tokens predicts nothing",
                remedy: "use a context of at least 2")
        }
        let count = tokens.count / windowLength
        guard count > 0 else {
            throw ScoringError(
                code: "corpus.short", subject: name,
                message: "\(tokens.count) tokens do not fill one window of \(windowLength)",
                remedy: "use context \(max(2, tokens.count)) or less, or a longer text")
        }
        self.init(
            name: name,
            items: (0..<count).map { index in
                TokenItem(
                    tokens: Array(tokens[index * windowLength..<(index + 1) * windowLength]), family: family)
            },
            windowLength: windowLength, droppedTokens: tokens.count - count * windowLength)
    }

    /// Corpora below one another; windowed if all are, with windows of one length.
    public init(name: String, joining parts: [TokenCorpus]) {
        let lengths = Set(parts.map(\.windowLength))
        self.init(
            name: name, items: parts.flatMap(\.items), windowLength: lengths.count == 1 ? lengths.first ?? nil : nil,
            droppedTokens: parts.reduce(0) { $0 + $1.droppedTokens })
    }

    private init(name: String, items: [TokenItem], windowLength: Int?, droppedTokens: Int) {
        self.name = name
        self.items = items
        self.windowLength = windowLength
        self.droppedTokens = droppedTokens
    }

    /// Tokens of all items together, answers left out.
    public var tokenCount: Int { items.reduce(0) { $0 + $1.tokens.count } }

    /// The families, in the order they first come.
    public var families: [String] {
        var seen: Set<String> = []
        return items.compactMap { $0.family }.filter { seen.insert($0).inserted }
    }

    /// The same corpus with other items.
    func with(_ items: [TokenItem]) -> TokenCorpus {
        TokenCorpus(name: name, items: items, windowLength: windowLength, droppedTokens: droppedTokens)
    }
}
