import Foundation
import Language
import Plots
import TestSupport
import Workbench

/// What a session said, kept for a test to look at.
final class CapturedOutput: SessionOutput {
    private(set) var lines: [String] = []
    private(set) var notices: [String] = []
    private(set) var streamed = ""

    let textOptions = TextOptions(width: 100)

    func write(_ text: String) { lines.append(text) }
    func stream(_ text: String) { streamed += text }
    func notice(_ text: String) { notices.append(text) }
    func progress(_ state: Workbench.Progress?) {}
}

/// A session in a folder of its own, in which `examples` is the repository's.
final class CapturedSession {
    let folder: URL
    let output = CapturedOutput()
    let session: Session

    init(threads: Int = 1, mode: DisplayMode = .text, folder: URL? = nil) throws {
        self.folder =
            try folder
            ?? {
                let fresh = FileManager.default.temporaryDirectory.appending(path: "lancet-\(UUID().uuidString)")
                try FileManager.default.createDirectory(at: fresh, withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(
                    at: fresh.appending(path: "examples"),
                    withDestinationURL: RepositoryRoot.url.appending(path: "examples"))
                return fresh
            }()
        isOwner = folder == nil
        session = Session(output: output, settings: Settings(threads: threads, mode: mode))
        session.folder = self.folder.path
    }

    private let isOwner: Bool

    deinit {
        if isOwner { try? FileManager.default.removeItem(at: folder) }
    }

    /// Runs a script and gives what went wrong, as people would read it.
    func run(_ script: String) -> String {
        session.run(SourceText(script, name: "test")).map { $0.rendered() }.joined(separator: "\n")
    }

    /// What a script shows.
    func shown(_ script: String) -> [String] {
        let before = output.lines.count
        let failure = run(script)
        return Array(output.lines[before...]) + (failure.isEmpty ? [] : [failure])
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}

/// The scripts that tests share.
enum Scripts {
    static let teaching = "m = open \"examples/models/teach-gptoss-bf16.gguf\""
    static let clean = "clean = run m \"When Mary and John went to the store, John gave a drink to\""
    static let corrupt = "corrupt = run m \"When Mary and John went to the store, Mary gave a drink to\""
}
