import ArgumentParser
import Kernels
import Language
import Workbench

extension DisplayMode: ExpressibleByArgument {}

/// The flags that every way of running shares.
struct SessionOptions: ParsableArguments {
    @Option(help: "How values are shown: text, json (one object a line), csv or markdown.")
    var mode: DisplayMode = .text

    @Option(help: "Threads to use; results do not depend on it.")
    var threads: Int = ThreadPool.processorCount

    @Flag(help: "Show neither progress nor remarks.")
    var quiet = false

    @Option(help: "The seed of every random draw.")
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            "What the process may take of memory, such as 8GiB; experts that do not fit are read when they are needed.",
            valueName: "limit"))
    var memory: String?

    /// The language's numbers hold whole ones exactly up to here.
    private static let largestSeed: UInt64 = 1 << 53

    func validate() throws {
        guard (1...1024).contains(threads) else { throw ValidationError("--threads takes 1 to 1024") }
        if let memory, MemoryLimit.bytes(memory) == nil {
            throw ValidationError("--memory takes a size such as 8GiB, not \(memory)")
        }
        guard seed <= Self.largestSeed else { throw ValidationError("--seed takes 0 to \(Self.largestSeed)") }
    }

    /// A session with these settings, at the console; one that cannot have them ends the process.
    func session(showsAssignments: Bool = false) -> Session {
        let session = Session(
            output: Console(isQuiet: quiet),
            settings: Settings(seed: seed, threads: threads, mode: mode, showsAssignments: showsAssignments))
        do throws(LanguageError) {
            if let memory { try session.useMemory(MemoryLimit.bytes(memory)) }
        } catch {
            Console.show(error)
            Standard.end(.failed)
        }
        return session
    }

    /// Runs a script to its end or its first error.
    func runScript(_ source: SourceText, in session: Session? = nil) -> ExitStatus {
        let session = session ?? self.session()
        let diagnostics = interruptibly { session.run(source) }
        Console.show(diagnostics)
        return ExitStatus(diagnostics)
    }

    /// Runs a script, and writes a record of it if it ran to its end.
    /// - Throws: `LanguageError` if the record cannot be written; found out before the script runs where that can be.
    func recordScript(_ source: SourceText, in session: Session, to path: String) throws -> ExitStatus {
        try session.checkRecord(path, of: source)
        let recorder = Recorder(session: session)
        session.witnesses.append(recorder)
        let status = runScript(source, in: session)
        guard status == .done else {
            session.output.notice("warning: no record was written to \(path): only a run that succeeds is recorded")
            return status
        }
        try session.writeRecord(recorder, to: path)
        session.output.notice("recorded \(recorder.digestCount) digests in \(path)")
        return status
    }

    /// Runs a record again, comparing digests.
    /// - Throws: `LanguageError` for a script without digests.
    func replay(_ source: SourceText) throws -> ExitStatus {
        let session = session()
        let report = try interruptibly { try Replay.run(source, in: session) }
        session.output.progress(nil)
        Console.show(report.diagnostics)
        if report.diagnostics.first?.kind != .syntax {
            Standard.write(report.text + "\n", to: report.isIdentical ? .output : .error)
        }
        if !report.diagnostics.isEmpty { return ExitStatus(report.diagnostics) }
        return report.isIdentical ? .done : .differs
    }

    private func interruptibly<Result>(_ body: () throws -> Result) rethrows -> Result {
        InterruptSignal.watch()
        defer { InterruptSignal.unwatch() }
        return try body()
    }
}
