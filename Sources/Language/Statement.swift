/// One step of a script.
public struct Statement: Sendable {
    /// The forms of a statement.
    public indirect enum Kind: Sendable {
        /// A command line.
        case command(Call)
        /// An expression whose value is shown.
        case expression(Expression)
        /// `name = value`.
        case assignment(Word, Expression)
        /// `for name in values { … }`.
        case loop(Word, Expression, [Statement])
        /// `if condition { … } else { … }`.
        case branch(Expression, [Statement], [Statement]?)
        /// `def name argument … label argument … { … }`.
        case definition(Definition)
        /// `with edit { … }`.
        case scoped(Call, [Statement])
        /// `assert condition "message"`.
        case assertion(Expression, String?)
        /// `include "file"`, with what the file holds.
        case include(String, Program)
        /// What could not be read.
        case invalid
    }

    /// Which form.
    public let kind: Kind
    /// Where.
    public let span: Span
    /// Whether a `;` at the end of the line keeps its value from being shown.
    public let isQuiet: Bool
}

/// A command of the user's own.
public final class Definition: Sendable {
    /// Its name, with its place.
    public let word: Word
    /// What `help` says of it.
    public let signature: Signature
    /// What it does; the value of the last statement is its result.
    public let body: [Statement]
    /// The text that the body's spans point into.
    public let source: SourceText

    init(word: Word, signature: Signature, body: [Statement], source: SourceText) {
        self.word = word
        self.signature = signature
        self.body = body
        self.source = source
    }
}

/// A script as read: a tree, and what is wrong with it.
public struct Program: Sendable {
    /// What the Enter key asks.
    public enum Status: Sendable {
        /// It can run.
        case complete
        /// A bracket, a block or a text is still open.
        case incomplete
        /// More typing at the end cannot mend it.
        case error
    }

    /// The text.
    public let source: SourceText
    /// The steps, `invalid` where unreadable.
    public let statements: [Statement]
    /// Everything wrong, in order.
    public let diagnostics: [Diagnostic]
    /// Whether it can run.
    public let status: Status
}
