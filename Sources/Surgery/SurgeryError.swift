import Tensors

/// Why an edit could not be made, or had no effect.
public struct SurgeryError: Explained, Equatable {
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
