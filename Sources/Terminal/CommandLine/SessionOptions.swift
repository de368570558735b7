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

    func validate() throws {
        guard (1...1024).contains(threads) else { throw ValidationError("--threads takes 1 to 1024") }
    }

    /// A session with these settings, at the console.
    func session(showsAssignments: Bool = false) -> Session {
        Session(
            output: Console(isQuiet: quiet),
            settings: Settings(seed: seed, threads: threads, mode: mode, showsAssignments: showsAssignments))
    }

    /// Runs a script to its end or its first error.
    func runScript(_ source: SourceText, variables: [String] = [], record: String? = nil) throws -> ExitStatus {
        let session = session()
        for assignment in variables { try set(assignment, in: session) }
        let recorder = record.map { _ in Recorder(session: session, variables: variables) }
        if let recorder { session.witnesses.append(recorder) }
        InterruptSignal.watch()
        defer { InterruptSignal.unwatch() }
        let diagnostics = session.run(source)
        Console.show(diagnostics)
        if let record, let recorder { try session.writeRecord(recorder.text, to: record) }
        return ExitStatus(diagnostics)
    }

    /// Runs a record again, comparing digests.
    func replay(_ source: SourceText) throws -> ExitStatus {
        InterruptSignal.watch()
        defer { InterruptSignal.unwatch() }
        let report = try Replay.run(source, in: session())
        Console.show(report.diagnostics)
        Standard.write(report.text + "\n", to: report.isIdentical ? .output : .error)
        if !report.diagnostics.isEmpty { return ExitStatus(report.diagnostics) }
        return report.isIdentical ? .done : .differs
    }

    private func set(_ assignment: String, in session: Session) throws {
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw ValidationError("--set takes name=value, not \(assignment)")
        }
        session.set(String(assignment[..<equals]), to: String(assignment[assignment.index(after: equals)...]))
    }
}
