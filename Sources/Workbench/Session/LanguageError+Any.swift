import Documents
import Language
import Tensors

extension LanguageError {
    /// Any error a room throws, as the language shows it: only the place is still missing.
    init(any error: any Error) {
        switch error {
        case let error as LanguageError: self = error
        case is Interrupted: self = .interrupted
        case let error as any Explained:
            let message = [error.subject, error.message].filter { !$0.isEmpty }.joined(separator: ": ")
            self.init(code: error.code, message, help: error.remedy)
        default: self.init(code: "E000", String(describing: error))
        }
    }
}
