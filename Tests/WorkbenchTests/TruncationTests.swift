import Foundation
import Language
import Storage
import TestSupport
import Testing
import Workbench

/// A file that is cut short or written over while it is open fails the statement, not the process. Each in a process of its
/// own: whichever session looks first notices.
@Suite struct TruncationTests {
    private struct Broken: Error {
        let line: Int
        let text: String
    }

    private struct Opened {
        let session = ScriptedSession()
        let path: String

        init() throws {
            path = try ScriptedSession.temporaryPath("model.gguf")
            try FileManager.default.copyItem(
                atPath: RepositoryRoot.path("examples/models/teach-gptoss-bf16.gguf"), toPath: path)
            try succeed("m = open \"\(path)\"\nbefore = m")
        }

        /// Cuts off the last bytes.
        func cut(_ count: Int? = nil) throws {
            guard let whole = FileIdentity(path: path)?.size, truncate(path, whole - (count ?? whole / 2)) == 0 else {
                throw Broken(line: #line, text: "the file is not cut")
            }
        }

        func succeed(_ script: String, line: Int = #line) throws {
            if let failure = session.run(script) { throw Broken(line: line, text: failure.rendered()) }
        }

        func failAsChanged(_ script: String, line: Int = #line) throws {
            guard let failure = session.run(script) else { throw Broken(line: line, text: "it did not fail") }
            guard failure.code == "storage.changed", failure.message.contains(path), failure.help != nil else {
                throw Broken(line: line, text: failure.rendered())
            }
        }

        func demand(_ condition: Bool, line: Int = #line) throws {
            if !condition { throw Broken(line: line, text: "it does not hold") }
        }
    }

    @Test func aRunOverAFileCutShortFailsAndTheSessionGoesOn() async {
        await #expect(processExitsWith: .success) {
            let opened = try Opened()
            try opened.cut()
            let shown = opened.session.output.lines.count
            try opened.failAsChanged("r = run m [5, 300, 17]\nprint 1")
            try opened.demand(opened.session.value("r") == nil)
            try opened.demand(opened.session.output.lines.count == shown)
            // What does not touch the file runs; what does fails again.
            try opened.succeed("x = 1 + 1")
            try opened.failAsChanged("r = run m [5, 300, 17]")
            try opened.failAsChanged("m.layers[0].router.weight")
            try opened.succeed("x = 1 + 1")
            try opened.succeed("o = open \"examples/models/teach-gptoss-bf16.gguf\"\nq = run o [5, 300, 17]")
        }
    }

    @Test func aTailThatIsGoneIsNoticedEvenWithinAPage() async {
        await #expect(processExitsWith: .success) {
            let opened = try Opened()
            try opened.cut(3)
            try opened.failAsChanged("x = 1")
            try opened.demand(opened.session.value("x") == nil)
        }
    }

    @Test func aSaveOfAFileCutShortWritesNothing() async {
        await #expect(processExitsWith: .success) {
            let opened = try Opened()
            try opened.succeed("prune m drop [5]")
            try opened.cut()
            let target = try ScriptedSession.temporaryPath("out.gguf")
            try opened.failAsChanged("save m \"\(target)\"")
            let folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
            try opened.demand(FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }

    @Test func aFileThatIsReplacedUnderItsNameStaysReadable() throws {
        let opened = try Opened()
        try opened.succeed("a = (run m [5, 300, 17]).logits")
        try Data("something else".utf8).write(to: URL(fileURLWithPath: opened.path + ".new"))
        #expect(rename(opened.path + ".new", opened.path) == 0)
        try opened.succeed("b = (run m [5, 300, 17]).logits")
        let values = ["a", "b"].map { opened.session.value($0).map { ValueDigest.of($0) } }
        #expect(values[0] != nil && values[0] == values[1])
        let target = try ScriptedSession.temporaryPath("out.gguf")
        try opened.succeed("save m \"\(target)\"")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: target))
                == Data(contentsOf: URL(fileURLWithPath: RepositoryRoot.path("examples/models/teach-gptoss-bf16.gguf")))
        )
    }

    @Test func aFileWrittenOverInPlaceIsNotSaved() throws {
        let opened = try Opened()
        // Older systems tell times only to a few milliseconds.
        usleep(20_000)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: opened.path))
        try handle.seek(toOffset: 100_000)
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
        let target = try ScriptedSession.temporaryPath("out.gguf")
        try opened.failAsChanged("save m \"\(target)\"")
        #expect(!FileManager.default.fileExists(atPath: target))
    }
}
