import Tensors

extension SurgeryError {
    /// The same words as an error from a room below.
    init(_ cause: any Explained) {
        self.init(code: cause.code, subject: cause.subject, message: cause.message, remedy: cause.remedy)
    }
}
