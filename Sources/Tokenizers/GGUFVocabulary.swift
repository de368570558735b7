/// A tokenizer as GGUF metadata has it, in plain values: the keys below `tokenizer.ggml.`.
public struct GGUFVocabulary: Hashable, Sendable {
    /// `model`: `gpt2` (byte-level BPE) or `llama` (SentencePiece).
    public var model: String
    /// `pre`: the name of the pre-tokenizer.
    public var pre: String?
    /// `tokens`: the spelling of every piece.
    public var tokens: [String]
    /// `token_type` of every piece; empty means that all are normal.
    public var tokenTypes: [Int]
    /// `merges`: pairs separated by a space, best first.
    public var merges: [String]
    /// `scores` of every piece, for SentencePiece.
    public var scores: [Float]
    /// `bos_token_id`.
    public var bos: Int?
    /// `eos_token_id`.
    public var eos: Int?
    /// `eot_token_id`: the end of a turn.
    public var endOfTurn: Int?
    /// `eom_token_id`: the end of a message.
    public var endOfMessage: Int?
    /// `unknown_token_id`.
    public var unknown: Int?
    /// `padding_token_id`.
    public var padding: Int?
    /// `add_bos_token`.
    public var addsBOS: Bool?
    /// `add_eos_token`.
    public var addsEOS: Bool?
    /// `add_space_prefix`.
    public var addsSpacePrefix: Bool?

    /// A vocabulary of which only the model, the pre-tokenizer and the pieces are known.
    public init(
        model: String, pre: String?, tokens: [String], tokenTypes: [Int] = [], merges: [String] = [],
        scores: [Float] = []
    ) {
        self.model = model
        self.pre = pre
        self.tokens = tokens
        self.tokenTypes = tokenTypes
        self.merges = merges
        self.scores = scores
    }
}
