import Tensors

/// Why something could not be measured, scored or selected.
public struct ScoringError: Explained, Equatable {
    public let code: String
    public let subject: String
    public let message: String
    public let remedy: String?

    public init(code: String, subject: String, message: String, remedy: String?) {
        self.code = code
        self.subject = subject
        self.message = message
        self.remedy = remedy
    }
}
