/// Why bytes are not a JSON document, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistake.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The document stops inside a value.
        case truncated
        /// A byte that cannot stand where it does.
        case unexpected
        /// Something follows the document.
        case trailing
        /// A key stands twice in one object.
        case duplicateKey
        /// Values are nested deeper than ``JSON/depthLimit``.
        case tooDeep
        /// The bytes of a string are not UTF-8.
        case invalidUTF8
        /// A backslash is followed by something that is no escape, or by half of a surrogate pair.
        case invalidEscape
        /// A control character stands unescaped in a string.
        case controlCharacter
        /// A number is not written as JSON writes numbers.
        case malformedNumber
        /// A number is larger than any double.
        case numberOutOfRange
    }

    /// What kind of mistake it is.
    public let code: Code
    /// The byte at which it was seen, from 0.
    public let offset: Int
    /// The line of that byte, from 1.
    public let line: Int
    /// What is wrong.
    public let message: String
    /// What to do about it.
    public let remedy: String

    /// The place, in words.
    public var subject: String { "byte \(offset), line \(line)" }

    /// The place, the message and the remedy in one line.
    public var description: String { "\(subject): \(message); \(remedy)" }
}
