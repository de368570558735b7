import Foundation
import Language
import Plots
import TestSupport
import Workbench

/// A session that runs scripts from the root of the checkout and keeps what it says.
final class ScriptedSession {
    let output = KeptOutput()
    let session: Session

    init(threads: Int = 2) {
        session = Session(output: output, settings: Settings(threads: threads))
        session.folder = RepositoryRoot.path("")
    }

    /// Runs a script.
    /// - Returns: the first thing that went wrong, nil when nothing did.
    @discardableResult
    func run(_ script: String) -> Diagnostic? { session.run(SourceText(script, name: "")).first }

    func value(_ name: String) -> Value? { session.interpreter.value(of: name) }

    /// A variable's number, or that of the value behind a path such as `p.loss`.
    func number(_ path: String) -> Double? {
        _ = run("number-asked-for = 1 * (\(path))")
        guard case .number(let number)? = value("number-asked-for") else { return nil }
        return number.value
    }

    func object<Object>(_ name: String, as type: Object.Type) -> Object? {
        guard case .object(let object)? = value(name) else { return nil }
        return object as? Object
    }

    /// A path of a new temporary folder's file.
    static func temporaryPath(_ name: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lancet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appendingPathComponent(name).path
    }
}

/// Output that is kept.
final class KeptOutput: SessionOutput {
    let textOptions = TextOptions()
    private(set) var lines: [String] = []
    private(set) var notices: [String] = []
    var onProgress: (Progress) -> Void = { _ in }

    func write(_ text: String) { lines.append(text) }
    func stream(_ text: String) { lines.append(text) }
    func notice(_ text: String) { notices.append(text) }
    func progress(_ state: Workbench.Progress?) { state.map(onProgress) }

    typealias Progress = Workbench.Progress
}
