/// What the interpreter runs against: the commands, and where values and records go.
public protocol Host: AnyObject {
    /// The commands, in display order.
    var signatures: [Signature] { get }
    /// Words of commands to come, with what to do until then.
    var futureWords: [String: String] { get }
    /// Runs a command. It may call back for variables, undo and functions.
    func perform(_ invocation: Invocation, in interpreter: Interpreter) throws(LanguageError) -> Outcome
    /// Shows the value of a statement.
    func show(_ value: Value, of statement: Statement)
    /// Says what a statement bound to a name.
    func assigned(_ value: Value, to name: String, by statement: Statement)
    /// Writes a line that a script printed, made of these values.
    func printLine(_ line: String, of values: [Value])
    /// Called before each top-level statement, with the text its spans point into.
    func willRun(_ statement: Statement, of source: SourceText)
    /// Called after each top-level statement; with the diagnostic when it failed and everything was rolled back.
    func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?)
    /// Called around a command with the prefix `time`; the language itself has no clock.
    func willTime(_ call: Call)
    /// Called when the timed command has succeeded.
    func didTime(_ call: Call)
    /// The text of a file that `include` names.
    func includedText(_ path: String) throws(LanguageError) -> SourceText
    /// Throws `LanguageError.interrupted` when the user asked to stop; called between statements and turns of loops.
    func checkInterruption() throws(LanguageError)
    /// Puts settings back to what `Interpreter.noteSettings` was told of them.
    func restore(_ settings: Value) throws(LanguageError)
    /// Throws when what the statement that has just run computed cannot be trusted; it is rolled back then.
    func checkOutcome() throws(LanguageError)
}

extension Host {
    /// None.
    public var futureWords: [String: String] { [:] }
    /// Keeps no record.
    public func willRun(_ statement: Statement, of source: SourceText) {}
    /// Keeps no record.
    public func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?) {}
    /// Silent.
    public func assigned(_ value: Value, to name: String, by statement: Statement) {}
    /// Has no clock.
    public func willTime(_ call: Call) {}
    /// Has no clock.
    public func didTime(_ call: Call) {}
    /// Never interrupted.
    public func checkInterruption() throws(LanguageError) {}
    /// Has no settings.
    public func restore(_ settings: Value) throws(LanguageError) {}
    /// Always trusted.
    public func checkOutcome() throws(LanguageError) {}
    /// Has no files.
    public func includedText(_ path: String) throws(LanguageError) -> SourceText {
        throw LanguageError(.include, "\"\(path)\" cannot be read")
    }
}

/// What a command gives back.
public struct Outcome: Sendable {
    /// What is shown, and what an expression gives unless the command edits.
    public let value: Value
    /// The edited whole (of the same kind as the first argument's root), for an edit that neither measures nor runs.
    public let edited: Value?

    /// Reports a result and, for an edit, the new value of the variable its first argument starts from.
    public init(_ value: Value = .nothing, edited: Value? = nil) {
        self.value = value
        self.edited = edited
    }
}
