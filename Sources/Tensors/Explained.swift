/// An error that a person can act on: each boundary has one struct that conforms.
public protocol Explained: Error, CustomStringConvertible {
    /// A short stable identifier, such as `storage.truncated`.
    var code: String { get }
    /// What it is about: a file and offset, a tensor, a site, an expert.
    var subject: String { get }
    /// What is wrong.
    var message: String { get }
    /// What to do about it; nil where nothing can be done.
    var remedy: String? { get }
}

extension Explained {
    public var description: String {
        [subject, message].filter { !$0.isEmpty }.joined(separator: ": ") + (remedy.map { " (\($0))" } ?? "")
    }
}
