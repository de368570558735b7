import Tensors

/// Why a checkpoint cannot become a model, or a model cannot become a checkpoint.
public struct BindingError: Explained, Equatable {
    /// A short stable identifier, such as `binding.shape`.
    public let code: String
    /// The file, hyperparameter or tensor it is about.
    public let subject: String
    /// What is wrong.
    public let message: String
    /// What to do about it.
    public let remedy: String?

    public init(code: String, subject: String, message: String, remedy: String? = nil) {
        self.code = code
        self.subject = subject
        self.message = message
        self.remedy = remedy
    }

    /// The same words as an error from a room below.
    public init(_ cause: any Explained) {
        self.init(code: cause.code, subject: cause.subject, message: cause.message, remedy: cause.remedy)
    }
}
