/// Something wrong in a script: what, where, and what to do about it. A class, since every frame of the interpreter
/// has room for one.
public final class Diagnostic: Error, Sendable {
    /// How a run that met this diagnostic ends; the command line makes exit statuses of it.
    public enum Kind: Sendable {
        /// The text is not a program.
        case syntax
        /// A command or an expression failed.
        case failure
        /// An `assert` did not hold.
        case assertion
        /// The user stopped it.
        case interruption
    }

    /// A second place worth seeing, with a few words about it.
    public struct Label: Sendable {
        /// Where.
        public let span: Span
        /// Why it matters.
        public let text: String

        /// Makes a labelled span.
        public init(_ span: Span, _ text: String) {
            self.span = span
            self.text = text
        }
    }

    /// Which ending it leads to.
    public let kind: Kind
    /// Stable identifier such as `E014`.
    public let code: String
    /// One line without a full stop.
    public let message: String
    /// The text that the spans point into.
    public let source: SourceText
    /// The words at fault.
    public let span: Span
    /// Further places.
    public let labels: [Label]
    /// The remedy, one line, when one is known.
    public let help: String?
    /// The calls that led here, innermost first, when it happened inside a `def`.
    public let trace: [String]

    /// Makes a diagnostic.
    public convenience init(
        _ kind: Kind = .syntax, _ code: ErrorCode, _ message: String, in source: SourceText, at span: Span,
        labels: [Label] = [], help: String? = nil
    ) {
        self.init(kind, code: code.rawValue, message, in: source, at: span, labels: labels, help: help)
    }

    init(
        _ kind: Kind, code: String, _ message: String, in source: SourceText, at span: Span, labels: [Label] = [],
        help: String? = nil, trace: [String] = []
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.source = source
        self.span = span
        self.labels = labels
        self.help = help
        self.trace = trace
    }

    /// Places an error that a value or a command reported.
    convenience init(_ error: LanguageError, in source: SourceText, at span: Span) {
        let kind: Kind
        switch error.kind {
        case .failure: kind = .failure
        case .assertion: kind = .assertion
        case .interruption: kind = .interruption
        }
        let suggestion = error.name.flatMap { Spelling.suggestion(for: $0, among: error.candidates) }
        let help = [suggestion, error.help].compactMap(\.self).joined(separator: " ")
        self.init(
            kind, code: error.code, error.message, in: source, at: error.span ?? span,
            help: help.isEmpty ? nil : help)
    }

    /// The same, met on the way out of one more call.
    func traced(_ call: String) -> Diagnostic {
        Diagnostic(
            kind, code: code, message, in: source, at: span, labels: labels, help: help, trace: trace + [call])
    }
}
