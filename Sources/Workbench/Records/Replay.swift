import Language

/// Runs a record again and holds every digest against the recorded one.
public enum Replay {
    /// How a replay went.
    public struct Report {
        /// What failed beside the comparison; empty when the script ran to its end.
        public let diagnostics: [Diagnostic]
        /// The statement and value that differ first; nil when all are the same.
        public let difference: String?
        /// Digests of values compared, and statements that ran.
        public let comparedCount: Int
        public let stepCount: Int

        public var isIdentical: Bool { difference == nil && diagnostics.isEmpty }

        private var digests: String { "\(comparedCount) digest\(comparedCount == 1 ? "" : "s")" }

        /// One line.
        public var text: String {
            if let difference { return "differs: " + difference }
            if isIdentical { return "identical: \(digests) in \(stepCount) steps" }
            return "the record did not run to its end: \(digests) in the first \(stepCount) steps are identical"
        }
    }

    /// Runs the record in a fresh session. It shows no value, and writes the files that the record writes.
    /// - Throws: `LanguageError` for a script without digests; the remedy is to record it.
    public static func run(_ source: SourceText, in session: Session) throws(LanguageError) -> Report {
        let program = Parser.parse(source, vocabulary: session.interpreter.vocabulary)
        guard program.diagnostics.isEmpty else {
            return Report(diagnostics: program.diagnostics, difference: nil, comparedCount: 0, stepCount: 0)
        }
        let record = Record(program)
        guard !record.isEmpty else {
            throw LanguageError(
                code: "record.none", "\(source.name) holds no digests",
                help: "Record a run with lancet run SCRIPT --record FILE.")
        }
        let witness = ReplayWitness(record, of: source, in: session)
        let failure = session.replaying(program, before: witness)
        if let difference = witness.difference {
            return Report(
                diagnostics: [], difference: difference, comparedCount: witness.comparedCount,
                stepCount: witness.stepCount)
        }
        return Report(
            diagnostics: failure.map { [$0] } ?? [], difference: failure == nil ? witness.ending : nil,
            comparedCount: witness.comparedCount, stepCount: witness.stepCount)
    }
}

/// Compares each statement of a replay as it goes, and stops at the first that differs.
private final class ReplayWitness: StatementWitness {
    private(set) var difference: String?
    private(set) var comparedCount = 0
    private(set) var stepCount = 0
    private let record: Record
    private let source: SourceText
    private let listener: StatementListener
    private let byStart: [Int: Int]
    private unowned let session: Session

    init(_ record: Record, of source: SourceText, in session: Session) {
        self.record = record
        self.source = source
        self.session = session
        listener = StatementListener(session: session)
        byStart = Dictionary(
            record.steps.enumerated().map { ($1.start, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What is missing at the end of a record whose every step was the same.
    var ending: String? {
        guard let promised = record.promised else {
            return "the record breaks off: its last line, \"#= end: …\", is missing"
        }
        return promised == stepCount ? nil : "the record promises \(promised) steps and holds \(stepCount)"
    }

    func willRun(_ statement: Statement, of source: SourceText) {
        guard let index = index(of: statement, source) else {
            return differ(statement, source, "it was not in the record")
        }
        guard let proof = record.steps[index].proof else {
            let next = index + 1 < record.steps.count ? record.steps[index + 1].proof : nil
            let isPushedOn = next?.digest == Record.digest(ofStatement: statement.canonical)
            let place = isPushedOn ? "a statement was added behind it" : "it was not in the record"
            return differ(statement, source, place)
        }
        if proof.number != index + 1 {
            return differ(statement, source, "the record has it as step \(proof.number): steps are missing or moved")
        }
        if proof.digest != Record.digest(ofStatement: statement.canonical) {
            return differ(statement, source, "the statement was changed after it was recorded")
        }
        listener.heard = { [unowned self] in compare($0, with: index, source) }
        listener.willRun(statement, of: source)
    }

    func shown(_ value: Value) { listener.shown(value) }
    func printed(_ values: [Value]) { listener.printed(values) }
    func wrote(_ path: String) { listener.wrote(path) }

    func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?) {
        listener.didRun(statement, of: source, failure: failure)
    }

    private func compare(_ found: StatementRecord, with index: Int, _ source: SourceText) {
        let recorded = record.steps[index].evidence
        if let place = Difference.between(recorded, found.evidence) {
            return differ(found.statement, source, place)
        }
        stepCount += 1
        comparedCount += recorded.count
    }

    private func differ(_ statement: Statement, _ source: SourceText, _ place: String) {
        let line = source.position(of: statement.span.start).line
        let file = source.name == self.source.name ? "" : " of \(source.name)"
        let text = statement.canonical.split(separator: "\n").first.map(String.init) ?? ""
        let more = statement.canonical.contains("\n") ? " …" : ""
        difference = "step \(stepCount + 1), `\(text)\(more)` (line \(line)\(file)): \(place)"
        session.stop()
    }

    /// Which step a statement is; nil for one of an included file.
    private func index(of statement: Statement, _ source: SourceText) -> Int? {
        source === self.source || source.name == self.source.name ? byStart[statement.span.start] : nil
    }
}
