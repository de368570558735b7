import Foundation
import Language
import Plots
import TestSupport
import Testing
import Workbench

/// The surface that scripts and notebooks rely on, run as it stands.
struct SurfaceTests {
    @Test func everyLineOfTheSurfaceRuns() throws {
        let folder = try SurfaceFolder()
        let output = SilentOutput()
        let session = Session(output: output)
        session.folder = folder.path
        let text = try String(contentsOf: Fixtures.url("surface.lancet"), encoding: .utf8)
        let diagnostics = session.run(SourceText(text, name: "surface.lancet"))
        #expect(diagnostics.isEmpty, "\(diagnostics.map { $0.rendered() }.joined())")
        for name in ["logits.npy", "out.gguf", "scores.csv"] {
            #expect(FileManager.default.fileExists(atPath: folder.path + "/" + name), "\(name)")
        }
    }

    /// What product.md names for later versions is refused with a hint, not taken for something else.
    @Test(arguments: ["lens clean", "merge-experts m", "bench m", "notebook run"])
    func wordsOfLaterVersionsSaySo(line: String) {
        let session = Session(output: SilentOutput())
        let diagnostics = session.run(SourceText(line))
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.help != nil, "\(diagnostics.map { $0.rendered() }.joined())")
    }
}

/// A folder where the surface's relative paths lead to the bundled models and two short texts.
private final class SurfaceFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("lancet-surface-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
        try FileManager.default.createSymbolicLink(
            atPath: path + "/examples", withDestinationPath: RepositoryRoot.path("examples"))
        for (name, source) in [("calib.txt", "heldout-code.txt"), ("held.txt", "heldout-story.txt")] {
            let text = try String(contentsOfFile: Fixtures.teachingModelPath(source), encoding: .utf8)
            try String(text.prefix(5000)).write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Takes what a session says and keeps nothing.
private final class SilentOutput: SessionOutput {
    let textOptions = TextOptions()
    func write(_ text: String) {}
    func stream(_ text: String) {}
    func notice(_ text: String) {}
    func progress(_ state: Workbench.Progress?) {}
}
