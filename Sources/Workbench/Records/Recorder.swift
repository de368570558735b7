import Language

/// Writes a session down as a script that proves itself: statements, and digests of what they gave in comment lines.
///
/// Digests are computed while it listens, and nowhere else but in `Replay`.
public final class Recorder: StatementWitness {
    private let listener: StatementListener
    private var lines: [String]
    private var stepCount = 0
    private var seen: Set<String> = []

    /// A recorder for a session that has run nothing yet.
    public init(session: Session) {
        listener = StatementListener(session: session)
        lines = ["# A record of Lancet \(LancetVersion.text): run it with lancet run, prove it with lancet replay."]
        for line in session.preamble { add(line, evidence: []) }
        for (name, value) in session.presets {
            add("\(name) = \(value.literalDescription)", evidence: Evidence(name, value).map { [$0] } ?? [])
        }
        listener.heard = { [unowned self] in add($0.statement.canonical, evidence: $0.evidence) }
    }

    /// The record so far. Its last line tells how many steps it has, so that one cut short is found out.
    public var text: String { (lines + ["#= end: \(stepCount) steps"]).joined(separator: "\n") + "\n" }

    /// How many values the record proves.
    public private(set) var digestCount = 0

    private func add(_ statement: String, evidence: [Evidence]) {
        stepCount += 1
        digestCount += evidence.count
        lines.append(statement)
        lines.append("#= step \(stepCount): sha256:\(Record.digest(ofStatement: statement))")
        for evidence in evidence {
            // Parts tell where a value differs; of one that stands above already they would say nothing new.
            let lines = seen.insert(evidence.digest).inserted ? evidence.lines : Array(evidence.lines.prefix(1))
            self.lines += lines.map { "#= " + $0 }
        }
    }

    public func willRun(_ statement: Statement, of source: SourceText) { listener.willRun(statement, of: source) }
    public func shown(_ value: Value) { listener.shown(value) }
    public func printed(_ values: [Value]) { listener.printed(values) }
    public func wrote(_ path: String) { listener.wrote(path) }
    public func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?) {
        listener.didRun(statement, of: source, failure: failure)
    }
}
