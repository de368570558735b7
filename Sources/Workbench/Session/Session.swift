import Documents
import Inference
import Kernels
import Language
import Plots
import Tensors

/// A session: the commands' home. It evaluates scripts, shows values, and knows the settings.
public final class Session: Host {
    public let output: any SessionOutput
    public var settings: Settings
    /// Runs models, with the session's threads.
    public private(set) var engine: Engine
    /// What hears of each statement: the journal, a record, a replay.
    public var witnesses: [any StatementWitness] = []
    /// The folder that relative paths start from; nil for the process's own.
    public var folder: String?
    /// Whether shown values are kept from the output, as in a replay.
    var isMuted = false
    /// The statements that succeeded, in canonical spelling: what `save-session` writes.
    private(set) var succeeded: [String] = []
    private var isStopped = false
    private var versionCount = 0
    private let byName: [String: any Command.Type]
    private var started: [ContinuousClock.Instant] = []
    /// The language's evaluator, with the session's variables.
    public private(set) lazy var interpreter = Interpreter(host: self)

    public init(output: any SessionOutput, settings: Settings = Settings()) {
        self.output = output
        self.settings = settings
        engine = Engine(compute: Compute(threads: settings.threads))
        byName = Dictionary(uniqueKeysWithValues: Commands.all.map { ($0.signature.name, $0) })
    }

    /// Runs a script.
    /// - Returns: what went wrong, empty when nothing did.
    public func run(_ source: SourceText) -> [Diagnostic] {
        Interruption.clear()
        isStopped = false
        return interpreter.run(source)
    }

    /// Ends the running script at its next statement.
    func stop() { isStopped = true }

    /// Sets a variable from outside a script; a number or a truth value in spelling becomes one.
    public func set(_ name: String, to text: String) { interpreter.set(name, to: Self.outside(text)) }

    /// The value that a text from outside means.
    static func outside(_ text: String) -> Value {
        if text == "true" || text == "false" { return .boolean(text == "true") }
        if let number = Double(text), number.isFinite { return .number(number) }
        return .text(text)
    }

    /// Writes a record to a file.
    public func writeRecord(_ text: String, to path: String) throws { try TextFile.write(text, to: resolved(path)) }

    /// A number no model version of this session had before.
    func nextVersion() -> Int {
        versionCount += 1
        return versionCount
    }

    /// Tells of something that did not stop the command, and should be known.
    func warn(_ message: String) { output.notice("warning: " + message) }

    /// Changes the number of threads.
    func useThreads(_ count: Int) {
        settings.threads = count
        engine = Engine(compute: Compute(threads: count))
    }



    public var signatures: [Signature] { Commands.all.map { $0.signature } }

    public var futureWords: [String: String] { FutureWords.all }

    public func perform(_ invocation: Invocation, in interpreter: Interpreter) throws(LanguageError) -> Outcome {
        guard let command = byName[invocation.signature.name] else {
            throw LanguageError(code: "E003", "there is no command \(invocation.signature.name)")
        }
        defer { output.progress(nil) }
        do {
            if invocation.prefix == .explain { return Outcome(.text(Explanation.text(of: invocation))) }
            let outcome = try command.run(invocation, in: self)
            return invocation.prefix == .dryRun ? Outcome(outcome.value) : outcome
        } catch {
            throw LanguageError(any: error)
        }
    }

    public func show(_ value: Value, of statement: Statement) {
        for witness in witnesses { witness.shown(value) }
        if case .nothing = value { return }
        if isMuted { return }
        output.write(Display(mode: settings.mode, options: output.textOptions).rendered(value))
    }

    public func assigned(_ value: Value, to name: String, by statement: Statement) {
        for witness in witnesses { witness.bound(value, to: name) }
        guard settings.showsAssignments, case .object(let object) = value else { return }
        let text = (object as? any SessionValue)?.text(output.textOptions) ?? object.description
        output.write(text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2).joined(separator: "\n"))
    }

    public func printLine(_ line: String) {
        if !isMuted { output.write(line) }
    }

    public func willRun(_ statement: Statement, of source: SourceText) {
        for witness in witnesses { witness.willRun(statement, of: source) }
    }

    public func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?) {
        if failure == nil { succeeded.append(statement.canonical) }
        for witness in witnesses { witness.didRun(statement, of: source, failure: failure) }
    }

    public func willTime(_ call: Call) { started.append(.now) }

    /// The time goes with the notices: no value depends on a clock.
    public func didTime(_ call: Call) {
        guard let start = started.popLast() else { return }
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        output.notice("\(call.verb.name): " + NumberText.duration(Double(seconds) + Double(attoseconds) * 1e-18))
    }

    public func includedText(_ path: String) throws(LanguageError) -> SourceText {
        do { return try SourceText(TextFile.read(resolved(path)), name: path) } catch {
            throw LanguageError(any: error)
        }
    }

    public func checkInterruption() throws(LanguageError) {
        if Interruption.isRequested || isStopped { throw .interrupted }
    }

    /// A path as the process sees it.
    func resolved(_ path: String) -> String {
        guard let folder, !path.hasPrefix("/") else { return path }
        return folder + "/" + path
    }
}

/// Something that hears of each top-level statement.
public protocol StatementWitness: AnyObject {
    func willRun(_ statement: Statement, of source: SourceText)
    func shown(_ value: Value)
    func bound(_ value: Value, to name: String)
    func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?)
}
