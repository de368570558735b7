import Language

/// What one statement gave, as a record states it: a line for each value it bound or showed.
struct StatementRecord: Equatable {
    /// The statement in canonical spelling.
    let statement: String
    /// What stands behind `#=`, a line each.
    let lines: [String]
}

/// Listens to a session's statements and writes down what each gave.
final class StatementListener: StatementWitness {
    /// Called when a statement has succeeded.
    var heard: (StatementRecord) -> Void = { _ in }
    private var lines: [String] = []
    private unowned let session: Session

    init(session: Session) { self.session = session }

    func willRun(_ statement: Statement, of source: SourceText) { lines = [] }

    func shown(_ value: Value) { lines += Evidence.lines("shown", value) }

    func bound(_ value: Value, to name: String) { lines += Evidence.lines(name, value) }

    func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?) {
        guard failure == nil else { return }
        if let last = session.interpreter.history.last, last.command == statement.canonical {
            lines += Evidence.lines(last.variable, last.after)
        }
        heard(StatementRecord(statement: statement.canonical, lines: lines))
        lines = []
    }
}
