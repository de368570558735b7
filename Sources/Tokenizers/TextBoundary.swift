/// Which marks a tokenizer puts around a text, and who says so.
public struct TextBoundary: Hashable, Sendable {
    /// The ids put before a text.
    public let prefix: [Int]
    /// The ids put after a text.
    public let suffix: [Int]
    /// The rule in words, for instance `adds BOS: tokenizer.ggml.add_bos_token is true`.
    public let rule: String

    init(prefix: [Int] = [], suffix: [Int] = [], rule: String) {
        self.prefix = prefix
        self.suffix = suffix
        self.rule = rule
    }
}
