/// Runs scripts against a host. Each top-level statement is a transaction: when it fails or is interrupted, every
/// variable is as before it. Recursion to the limit takes up to four megabytes of stack.
public final class Interpreter {
    /// A running `def`: its names, and where its text is.
    struct Scope {
        let name: String
        var variables: [String: Value]
    }

    /// Levels of expressions, statements and calls under way.
    static let depthLimit = 1000

    /// The host, kept alive: a host that keeps its interpreter lives as long as the process.
    public let host: any Host
    var bindings = Bindings()
    var scope: Scope?
    var source = SourceText("")
    var depth = 0

    /// Makes an interpreter with no variables.
    public init(host: any Host) {
        self.host = host
    }

    /// The words that a parser needs here and now.
    public var vocabulary: Vocabulary {
        let defined = bindings.functions.keys.sorted().compactMap { bindings.functions[$0]?.signature }
        let host = self.host
        return Vocabulary(
            Builtins.all.map(\.signature) + host.signatures + defined, futureWords: host.futureWords,
            includedText: { (path) throws(LanguageError) in try host.includedText(path) })
    }

    /// Reads and runs a script, stopping at the first failure. A script that cannot be read does not start.
    /// - Returns: nothing when all went well.
    @discardableResult
    public func run(_ source: SourceText) -> [Diagnostic] {
        let program = Parser.parse(source, vocabulary: vocabulary)
        guard program.diagnostics.isEmpty else { return program.diagnostics }
        return run(program).map { [$0] } ?? []
    }

    /// Runs what was read, stopping at the first failure.
    public func run(_ program: Program) -> Diagnostic? {
        for statement in program.statements {
            if case .include(_, let inner) = statement.kind {
                if let failure = run(inner) { return failure }
                continue
            }
            if let failure = runTransaction(statement, of: program.source) { return failure }
        }
        return nil
    }

    private func runTransaction(_ statement: Statement, of source: SourceText) -> Diagnostic? {
        let saved = (bindings, self.source, scope, depth)
        (self.source, scope) = (source, nil)
        host.willRun(statement, of: source)
        var failure: Diagnostic?
        do throws(Diagnostic) {
            try checkInterruption(at: statement.span)
            _ = try execute(statement, isShown: true)
        } catch {
            failure = error
        }
        // Why a result cannot be trusted says more than what came of it.
        do throws(LanguageError) { try host.checkOutcome() } catch { failure = placed(error, statement.span) }
        if failure != nil {
            let changed = bindings.history.dropFirst(saved.0.history.count).first { $0.variable == nil }
            if let changed { try? host.restore(changed.before) }
            bindings = saved.0
        }
        (_, self.source, scope, depth) = saved
        host.didRun(statement, of: source, failure: failure)
        return failure
    }

    func checkInterruption(at span: Span) throws(Diagnostic) {
        do throws(LanguageError) { try host.checkInterruption() } catch { throw placed(error, span) }
    }

    func placed(_ error: LanguageError, _ span: Span) -> Diagnostic {
        Diagnostic(error, in: source, at: span)
    }

    func failure(
        _ code: ErrorCode, _ message: String, _ span: Span, help: String? = nil
    ) -> Diagnostic {
        Diagnostic(.failure, code, message, in: source, at: span, help: help)
    }

    func descend(_ span: Span) throws(Diagnostic) {
        depth += 1
        if depth > Interpreter.depthLimit {
            throw failure(.recursion, "this calls itself too deeply", span, help: "a def must come to an end")
        }
    }
}

extension Interpreter {
    /// The session's variables by name, sorted.
    public var variables: [(name: String, value: Value)] {
        bindings.variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A variable's value: of the running `def`, else of the session.
    public func value(of name: String) -> Value? { scope?.variables[name] ?? bindings.variables[name] }

    /// Sets a variable of the session from outside a script.
    public func set(_ name: String, to value: Value) { bindings.assign(value, to: name) }

    /// The user's own commands, sorted by name.
    public var functions: [Definition] { bindings.functions.keys.sorted().compactMap { bindings.functions[$0] } }

    /// The edits that stand, oldest first.
    public var history: [Rebinding] { bindings.history }

    /// Reverts the last edit that stands.
    /// - Throws: E023 when there is none.
    public func undo() throws(LanguageError) -> Rebinding {
        guard let last = bindings.history.last else {
            throw LanguageError(
                .history, "there is nothing to undo", help: "Only edits made as statements can be undone.")
        }
        try put(last.before, where: last)
        bindings.history.removeLast()
        bindings.undone.append(last)
        return last
    }

    /// Makes the edit that was undone last again.
    /// - Throws: E023 when there is none.
    public func redo() throws(LanguageError) -> Rebinding {
        guard let last = bindings.undone.last else {
            throw LanguageError(.history, "there is nothing to redo", help: "A new edit clears what was undone.")
        }
        try put(last.after, where: last)
        bindings.undone.removeLast()
        bindings.history.append(last)
        return last
    }

    private func put(_ value: Value, where edit: Rebinding) throws(LanguageError) {
        if let name = edit.variable { bindings.variables[name] = value } else { try host.restore(value) }
    }

    /// Lets `undo` take back a change of the host's settings, which `Host.restore` then puts back as they were before.
    public func noteSettings(from before: Value, to after: Value, by command: String) {
        bindings.noteSettings(from: before, to: after, by: command)
    }

    /// The value of a path such as `m.layers[2]`, for completion: names, members and indices only, nothing is run.
    public func value(ofPath text: String) -> Value? {
        let program = Parser.parse(SourceText(text), vocabulary: vocabulary)
        guard program.diagnostics.isEmpty, program.statements.count == 1,
            case .expression(let expression) = program.statements[0].kind, let root = expression.rootName,
            value(of: root) != nil
        else { return nil }
        let saved = (source, depth)
        defer { (source, depth) = saved }
        source = program.source
        return try? evaluate(expression)
    }
}
