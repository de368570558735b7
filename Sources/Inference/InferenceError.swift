import Tensors

/// Why a model could not be run, or a site's value not be had.
public struct InferenceError: Explained {
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
