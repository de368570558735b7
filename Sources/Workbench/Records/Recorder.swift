import Language

/// Writes a session down as a script that proves itself: statements, and digests of what they gave in comment lines.
public final class Recorder: StatementWitness {
    private let listener: StatementListener
    private var records: [StatementRecord] = []
    private let settings: Settings

    /// A recorder for a session whose variables were set from outside, each `name=value`.
    public init(session: Session, variables: [String] = []) {
        listener = StatementListener(session: session)
        settings = session.settings
        records = variables.map { assignment in
            let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            return StatementRecord(
                statement: "\(parts[0]) = \(Session.outside(parts.last ?? "").literalDescription)", lines: [])
        }
        listener.heard = { [unowned self] in records.append($0) }
    }

    /// The record so far.
    public var text: String {
        var lines = ["# A record of Lancet \(LancetVersion.text): run it with lancet run, prove it with lancet replay."]
        lines.append("set seed \(settings.seed)")
        for record in records {
            lines.append(record.statement)
            lines += record.lines.map { "#= " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    public func willRun(_ statement: Statement, of source: SourceText) { listener.willRun(statement, of: source) }
    public func shown(_ value: Value) { listener.shown(value) }
    public func bound(_ value: Value, to name: String) { listener.bound(value, to: name) }
    public func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?) {
        listener.didRun(statement, of: source, failure: failure)
    }
}
