import Documents
import Foundation
import Language

/// A session's journal: one durable line a command, so that nothing typed is lost.
public final class Journal: StatementWitness {
    /// Where it is written.
    public let path: String
    /// Opened with the first command, so that a session without any leaves no file.
    private var descriptor: Int32 = -1

    /// A new journal in the user's state folder; nil where none can be written.
    public init?(environment: [String: String]) {
        let base = environment["XDG_STATE_HOME"] ?? environment["HOME"].map { $0 + "/.local/state" }
        guard let base else { return nil }
        let folder = base + "/lancet/journals"
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = folder + "/\(Int(Date().timeIntervalSince1970))-\(getpid()).jsonl"
        if access(folder, W_OK) != 0 { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    public func willRun(_ statement: Statement, of source: SourceText) {}
    public func shown(_ value: Value) {}
    public func printed(_ values: [Value]) {}
    public func wrote(_ path: String) {}

    public func didRun(_ statement: Statement, of source: SourceText, failure: Diagnostic?) {
        let outcome = failure.map { JSON.string("\($0.code) \($0.message)") } ?? .null
        let line = JSON.fields([("command", .string(statement.canonical)), ("failure", outcome)]).utf8() + [0x0A]
        if descriptor < 0 { descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) }
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        fsync(descriptor)
    }
}
