import Language

/// What one statement gave: the evidence for each value that it showed, printed, bound or wrote.
struct StatementRecord {
    let statement: Statement
    let evidence: [Evidence]
}

/// Listens to a session's statements and gathers what each gave.
final class StatementListener: StatementWitness {
    /// Called when a statement has succeeded.
    var heard: (StatementRecord) -> Void = { _ in }
    private var evidence: [Evidence] = []
    private var versions: [String: Int] = [:]
    private unowned let session: Session

    init(session: Session) { self.session = session }

    func willRun(_ statement: Statement, of source: SourceText) {
        evidence = []
        versions = modelVersions
    }

    func shown(_ value: Value) { add("shown:", value) }

    func printed(_ values: [Value]) { add("printed:", .list(values)) }

    func wrote(_ path: String) {
        guard let digest = ModelFiles.digest(ofFile: session.resolved(path)) else { return }
        evidence.append(Evidence(owner: "file \(path.quoted):", digest: digest))
    }

    func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?) {
        guard failure == nil else { return }
        for name in changedNames(statement) {
            if let value = session.interpreter.value(of: name) { add(name, value) }
        }
        heard(StatementRecord(statement: statement, evidence: evidence))
    }

    private func add(_ owner: String, _ value: Value) {
        if let evidence = Evidence(owner, value) { self.evidence.append(evidence) }
    }

    /// What the statement bound, and the models that it edited, took back or made again.
    private func changedNames(_ statement: Statement) -> [String] {
        var names: [String] = []
        for name in statement.assignedNames where !names.contains(name) { names.append(name) }
        let edited = modelVersions.filter { versions[$0.key] != $0.value && !names.contains($0.key) && $0.key != "it" }
        return names + edited.keys.sorted()
    }

    private var modelVersions: [String: Int] {
        var versions: [String: Int] = [:]
        for (name, value) in session.interpreter.variables {
            if case .object(let object) = value, let model = object as? ModelValue { versions[name] = model.version }
        }
        return versions
    }
}

extension Statement {
    /// The variables of the session that it may bind, in the order in which they stand in it.
    fileprivate var assignedNames: [String] {
        switch kind {
        case .assignment(let word, _): [word.name]
        case .loop(_, _, let body), .scoped(_, let body): body.flatMap(\.assignedNames)
        case .branch(_, let body, let otherwise): (body + (otherwise ?? [])).flatMap(\.assignedNames)
        case .command, .expression, .definition, .assertion, .include, .invalid: []
        }
    }
}
