/// One piece of a corpus as token ids: a window of text, or a question with its answers.
public struct TokenItem: Sendable, Hashable {
    /// The window, or the prompt.
    public var tokens: [Int]
    /// The kind of text, such as `ioi`.
    public var family: String?
    /// The kind within the family.
    public var variant: String?
    /// The right continuation.
    public var answer: [Int]?
    /// A wrong one to hold against it.
    public var wrong: [Int]?
    /// A prompt of the same length that makes another answer right.
    public var corrupt: [Int]?
    /// First tokens that count as right where more than one is.
    public var accepted: [Int]?

    public init(
        tokens: [Int], family: String? = nil, variant: String? = nil, answer: [Int]? = nil, wrong: [Int]? = nil,
        corrupt: [Int]? = nil, accepted: [Int]? = nil
    ) {
        self.tokens = tokens
        self.family = family
        self.variant = variant
        self.answer = answer
        self.wrong = wrong
        self.corrupt = corrupt
        self.accepted = accepted
    }
}
