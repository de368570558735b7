import Tensors

/// Why a tokenizer could not be made, or why ids could not be decoded.
public struct TokenizerError: Explained, Hashable {
    /// The kinds of failure.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// A tokenizer model, pre-tokenizer, normalizer, decoder or option that is not known here.
        case unsupported
        /// Something that a tokenizer needs is not in the file.
        case missing
        /// Something in the file has the wrong kind, length or range.
        case malformed
        /// Two entries of the vocabulary are spelled alike or share an id.
        case duplicate
        /// A merge names a piece that is not in the vocabulary.
        case unknownPiece
        /// An id lies outside the vocabulary.
        case idOutOfRange
    }

    /// What kind of failure it is.
    public let reason: Reason
    /// The field, token or id it is about.
    public let subject: String
    /// What is wrong.
    public let message: String
    /// What to do about it.
    public let remedy: String?

    /// `tokenizer.` and the reason.
    public var code: String { "tokenizer." + reason.rawValue }

    init(_ reason: Reason, _ subject: String, _ message: String, remedy: String?) {
        self.reason = reason
        self.subject = subject
        self.message = message
        self.remedy = remedy
    }

    static func unsupported(_ subject: String, _ what: String, supported: [String]) -> TokenizerError {
        TokenizerError(
            .unsupported, subject, "\(what) is not supported",
            remedy: "supported: " + supported.joined(separator: ", "))
    }

    static func missing(_ subject: String, _ message: String = "is not there") -> TokenizerError {
        TokenizerError(.missing, subject, message, remedy: "take the tokenizer from the original checkpoint")
    }

    static func malformed(_ subject: String, _ message: String) -> TokenizerError {
        TokenizerError(.malformed, subject, message, remedy: "take the tokenizer from the original checkpoint")
    }
}
