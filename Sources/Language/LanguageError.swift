/// What a value or a command throws; the interpreter adds the place and makes a `Diagnostic` of it.
public struct LanguageError: Error, Sendable {
    /// How the run ends.
    public enum Kind: Sendable {
        /// The operation failed.
        case failure
        /// A checked claim did not hold.
        case assertion
        /// The user stopped it.
        case interruption
    }

    /// How the run ends.
    public var kind: Kind
    /// Stable identifier such as `E014`.
    public var code: String
    /// One line without a full stop.
    public var message: String
    /// The remedy.
    public var help: String?
    /// The misspelled name, when it is one.
    public var name: String?
    /// Names that would have been right; the nearest to `name` is suggested.
    public var candidates: [String]
    /// Where, when the thrower knows better than "the whole operation".
    public var span: Span?
    /// Which of several indices is at fault.
    public var index: Int?

    /// Makes an error with a code of the host's own.
    public init(
        code: String, _ message: String, help: String? = nil, name: String? = nil, candidates: [String] = [],
        span: Span? = nil, index: Int? = nil, kind: Kind = .failure
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.help = help
        self.name = name
        self.candidates = candidates
        self.span = span
        self.index = index
    }

    /// Makes an error with one of the language's codes.
    public init(
        _ code: ErrorCode, _ message: String, help: String? = nil, name: String? = nil, candidates: [String] = [],
        span: Span? = nil, index: Int? = nil
    ) {
        self.init(
            code: code.rawValue, message, help: help, name: name, candidates: candidates, span: span, index: index)
    }

    /// E014: `a layer has no member "expert"`.
    public static func noMember(
        _ name: String, of typeName: String, among candidates: [String], help: String? = nil
    ) -> LanguageError {
        LanguageError(
            .member, "\(typeName.withArticle) has no member \"\(name)\"", help: help, name: name,
            candidates: candidates)
    }

    /// E012: an index beyond its axis.
    public static func outOfRange(_ index: Int, count: Int, of what: String, at place: Int = 0) -> LanguageError {
        let help = count == 0 ? "There are none." : "It has \(count): 0…\(count - 1)."
        return LanguageError(.index, "\(what) has no index \(index)", help: help, index: place)
    }

    /// E011: a value of the wrong kind.
    public static func wrongKind(_ value: Value, wanted: String, span: Span? = nil) -> LanguageError {
        LanguageError(.wrongKind, "this is \(value.kindName), where \(wanted) is needed", span: span)
    }

    /// E021: thrown by `Host.checkInterruption` and by commands that notice a cancellation.
    public static let interrupted = LanguageError(
        code: ErrorCode.interrupted.rawValue, "interrupted", kind: .interruption)
}

extension String {
    /// "a layer", "an expert".
    var withArticle: String {
        guard let first else { return self }
        return ("aeiouAEIOU".contains(first) ? "an " : "a ") + self
    }
}
