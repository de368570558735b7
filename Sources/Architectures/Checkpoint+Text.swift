import Tokenizers

extension Checkpoint {
    /// The tokenizer, parsed and built when it is first asked for and kept.
    /// - Throws: `BindingError`; where the checkpoint has none, the remedy is to give token ids.
    /// - Complexity: under a second for 200,000 pieces, the first time.
    public func tokenizer() throws(BindingError) -> any Tokenizer { try text.tokenizer() }

    /// Whether the checkpoint has a tokenizer.
    /// - Complexity: O(1); nothing is parsed.
    public var hasTokenizer: Bool { text.hasTokenizer }

    /// The template by which a chat becomes text; nil where there is none.
    /// - Throws: `BindingError` for a `tokenizer_config.json` that is not JSON.
    public func chatTemplate() throws(BindingError) -> String? { try text.chatTemplate() }
}
