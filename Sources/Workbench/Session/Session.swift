import Documents
import Inference
import Kernels
import Language
import Plots
import Storage
import Tensors

/// A session: the commands' home. It evaluates scripts, shows values, and knows the settings.
public final class Session: Host {
    public private(set) var output: any SessionOutput
    public var settings: Settings
    /// Runs models, with the session's threads.
    public private(set) var engine: Engine
    /// The bound on the process's memory; nil where weights are read from maps, as much as the system gives.
    public private(set) var memory: MemoryLimit?
    /// What hears of each statement: the journal, a record, a replay.
    public var witnesses: [any StatementWitness] = []
    /// The folder that relative paths start from; nil for the process's own.
    public var folder: String?
    /// The statements that succeeded, in canonical spelling: what `save-session` writes.
    private(set) var succeeded: [String] = []
    /// The statement that runs, in canonical spelling.
    private var running: String?
    /// The variables that were set from outside, in order.
    public private(set) var presets: [(name: String, value: Value)] = []
    private let firstSeed: UInt64
    private var isStopped = false
    private var versionCount = 0
    private let byName: [String: any Command.Type]
    private var started: [ContinuousClock.Instant] = []
    /// The language's evaluator, with the session's variables.
    public private(set) lazy var interpreter = Interpreter(host: self)

    public init(output: any SessionOutput, settings: Settings = Settings()) {
        self.output = output
        self.settings = settings
        firstSeed = settings.seed
        engine = Engine(compute: Compute(threads: settings.threads), arithmetic: settings.arithmetic)
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

    /// Runs a script's tree with its values kept from the output.
    func replaying(_ program: Program, before witness: any StatementWitness) -> Diagnostic? {
        let outer = (output, witnesses)
        defer { (output, witnesses) = outer }
        (output, isStopped) = (SilentOutput(output), false)
        witnesses.append(witness)
        Interruption.clear()
        return interpreter.run(program)
    }

    /// Sets a variable from outside a script; a number or a truth value in spelling becomes one.
    /// - Throws: `LanguageError` for what is no name of a variable.
    public func set(_ name: String, to text: String) throws(LanguageError) {
        let program = Parser.parse(SourceText("\(name) = 0"), vocabulary: interpreter.vocabulary)
        guard program.diagnostics.isEmpty, program.statements.count == 1,
            case .assignment(let word, _) = program.statements[0].kind, word.name == name
        else {
            throw LanguageError(
                code: "set.name", "\(name.quoted) cannot name a variable",
                help: "A name is a word such as path or keep-count.")
        }
        let value = Self.outside(text)
        presets.append((name, value))
        interpreter.set(name, to: value)
    }

    /// The value that a text from outside means.
    private static func outside(_ text: String) -> Value {
        if text == "true" || text == "false" { return .boolean(text == "true") }
        let looksLikeNumber = text.utf8.allSatisfy { "0123456789.+-eE".utf8.contains($0) }
        if looksLikeNumber, let number = Double(text), number.isFinite { return .number(number) }
        // A size or a share, as a script writes it.
        let literal = Parser.parse(SourceText("value = \(text)"), vocabulary: Vocabulary([]))
        if literal.diagnostics.isEmpty, literal.statements.count == 1,
            case .assignment(_, let value) = literal.statements[0].kind, case .number(let number) = value.kind
        {
            return .number(number.number)
        }
        return .text(text)
    }

    /// The commands that lead from a new session's settings to this one's.
    var preamble: [String] { ["set seed \(firstSeed)"] }

    /// Returns if a record of a script can be written: asked before the script runs.
    /// - Throws: `LanguageError` if the file cannot be written, or is the script itself.
    public func checkRecord(_ path: String, of source: SourceText) throws(LanguageError) {
        try TextFile.checkWritable(resolved(path))
        guard let script = FileIdentity(path: resolved(source.name)), script == FileIdentity(path: resolved(path))
        else {
            return
        }
        throw LanguageError(
            code: "record.script", "the record would replace the script \(source.name)",
            help: "Give it a name of its own.")
    }

    /// Writes a record to a file.
    public func writeRecord(_ recorder: Recorder, to path: String) throws(LanguageError) {
        try TextFile.write(recorder.text, to: resolved(path))
    }

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
        engine = Engine(compute: Compute(threads: count), arithmetic: settings.arithmetic, supply: memory?.pager)
    }

    /// Changes how results are computed from now on; what was computed keeps how it was.
    func compute(in arithmetic: Arithmetic) {
        settings.arithmetic = arithmetic
        engine = engine.under(arithmetic)
    }

    /// Bounds the process's memory, or lets go of the bound.
    /// - Parameter bytes: what it may take in all; nil for no bound.
    /// - Throws: `LanguageError` if it takes too much already.
    public func useMemory(_ bytes: Int?) throws(LanguageError) {
        let limit: MemoryLimit?
        if let bytes { limit = try MemoryLimit(bytes: bytes) } else { limit = nil }
        memory?.cache.detach()
        memory = limit
        Engine.keepSpareRows(atMost: bytes.map { $0 / 32 })
        engine = Engine(compute: engine.compute, arithmetic: engine.arithmetic, supply: limit?.pager)
    }

    /// Whether what was read since the last statement may be other than what the files hold.
    private var isDamaged: Bool { MappedFiles.areDamaged || memory?.cache.hasFailed == true }

    public var signatures: [Signature] { Commands.all.map { $0.signature } }

    public var futureWords: [String: String] { FutureWords.all }

    public func perform(_ invocation: Invocation, in interpreter: Interpreter) throws(LanguageError) -> Outcome {
        guard let command = byName[invocation.signature.name] else {
            throw LanguageError(code: "E003", "there is no command \(invocation.signature.name)")
        }
        defer { output.progress(nil) }
        do {
            if invocation.prefix == .explain {
                let forecast = try command.forecast(invocation, in: self).map { "  " + $0 }
                return Outcome(.text(([Explanation.text(of: invocation)] + forecast).joined(separator: "\n")))
            }
            try refuseZeroBytes(invocation)
            let before = memory?.cache.report
            let outcome = try command.run(invocation, in: self)
            tellWritten(invocation)
            if let before, !isDamaged, let summary = memory?.summary(since: before) { output.notice(summary) }
            return invocation.prefix == .dryRun ? Outcome(outcome.value) : outcome
        } catch {
            throw LanguageError(any: error)
        }
    }

    public func show(_ value: Value, of statement: Statement) {
        for witness in witnesses { witness.shown(value) }
        if case .nothing = value { return }
        let text = Display(mode: settings.mode, options: output.textOptions).rendered(value)
        if !isDamaged { output.write(text) }
    }

    public func assigned(_ value: Value, to name: String, by statement: Statement) {
        guard settings.showsAssignments, case .object(let object) = value else { return }
        let text = (object as? any SessionValue)?.text(output.textOptions) ?? object.description
        guard !isDamaged else { return }
        output.write(text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2).joined(separator: "\n"))
    }

    public func printLine(_ line: String, of values: [Value]) {
        for witness in witnesses { witness.printed(values) }
        if !isDamaged { output.write(line) }
    }

    public func willRun(_ statement: Statement, of source: SourceText) {
        running = statement.canonical
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

    public func restore(_ settings: Value) throws(LanguageError) {
        if case .object(let settings) = settings { try (settings as? SettingsValue)?.restore(in: self) }
    }

    public func checkOutcome() throws(LanguageError) {
        do {
            try memory?.cache.check()
            try MappedFiles.check()
        } catch {
            // The request that the missing page made, so that work would stop; it is answered.
            Interruption.clear()
            throw LanguageError(any: error)
        }
    }

    /// Refuses paths that the system would cut short.
    private func refuseZeroBytes(_ invocation: Invocation) throws(LanguageError) {
        guard let argument = invocation.argument("path"), case .text(let path) = argument.value else { return }
        if path.utf8.contains(0) {
            throw LanguageError(
                code: "file.name", "no file's name holds a zero byte", help: "Name a file.", span: argument.span)
        }
    }

    /// The statements that lead from a new session to the value that the running statement makes.
    var recipe: [String] { script + (running.map { [$0] } ?? []) }

    /// Tells the witnesses which file a command has just written.
    private func tellWritten(_ invocation: Invocation) {
        guard invocation.signature.effect == .writesFile, invocation.prefix != .dryRun, !witnesses.isEmpty,
            case .text(let path)? = invocation.argument("path")?.value
        else { return }
        tellWritten(path)
    }

    /// Tells the witnesses that a file has just been written.
    func tellWritten(_ path: String) {
        for witness in witnesses { witness.wrote(path) }
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
    func printed(_ values: [Value])
    /// A command has written the file of that path.
    func wrote(_ path: String)
    func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?)
}
