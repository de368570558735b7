import Foundation
import TestSupport
import Testing

/// The program as other programs run it: exit statuses, streams, modes.
struct CommandLineTests {
    private struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs the program from the root of the checkout.
    private func lancet(
        _ arguments: [String], input: String = "", interruptedAfter: Double? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: PseudoTerminal.builtProducts + "/lancet")
        process.arguments = arguments
        process.currentDirectoryURL = RepositoryRoot.url
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        if let delay = interruptedAfter {
            Thread.sleep(forTimeInterval: delay)
            kill(process.processIdentifier, SIGINT)
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: text, errors: complaint)
    }

    @Test func aScriptThatSucceedsEndsWithZero() throws {
        let outcome = try lancet(["-c", "print (1 + 1)"])
        #expect(outcome.status == 0)
        #expect(outcome.output == "2\n")
        #expect(outcome.errors.isEmpty)
    }

    @Test func standardInputIsAScript() throws {
        #expect(try lancet([], input: "x = 20\nprint (x + 1)\n").output == "21\n")
    }

    @Test func aFailingCommandEndsWithOne() throws {
        let outcome = try lancet(["-c", "open \"no/such.gguf\""])
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("no/such.gguf"))
    }

    @Test func syntaxAndUsageEndWithTwoAndRunNothing() throws {
        let outcome = try lancet(["-c", "print 1\nfor in {"])
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(try lancet(["--no-such-flag"]).status == 2)
        #expect(try lancet(["run", "no-such-script.lancet"]).status == 2)
    }

    @Test func aBrokenAssertionEndsWithThree() throws {
        let outcome = try lancet(["-c", "assert 1 > 2 \"it is not\""])
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("it is not"))
    }

    @Test func anInterruptEndsWithOneHundredThirty() throws {
        let script = """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            held = corpus "examples/models/heldout.txt"
            ablate each m.experts measure loss over held
            """
        let outcome = try lancet(["-c", script], interruptedAfter: 2)
        #expect(outcome.status == 130)
        #expect(outcome.output.isEmpty)
    }

    @Test func aSummaryAndModes() throws {
        let model = "examples/models/teach-qwen3moe-bf16.gguf"
        #expect(try lancet(["info", model]).output.contains("qwen3moe · 4 layers"))
        let script = "m = open \"\(model)\"; top (run m [11, 42, 7]) 2"
        let json = try lancet(["--mode", "json", "-c", script]).output
        #expect(json.split(separator: "\n").count == 1)
        #expect((try? JSONSerialization.jsonObject(with: Data(json.utf8))) != nil)
        #expect(try lancet(["--mode", "csv", "-c", script]).output.hasPrefix("rank,"))
        #expect(try lancet(["--mode", "markdown", "-c", script]).output.hasPrefix("| rank"))
    }

    @Test func aRecordReplaysAndAChangedOneIsNamed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lancet-record-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (script, record) = (folder.appending(path: "a.lancet"), folder.appending(path: "a.rec"))
        let text = "m = open \"examples/models/teach-gptoss-bf16.gguf\"\nclean = run m [11, 42, 7]\nclean.logits\n"
        try Data(text.utf8).write(to: script)
        #expect(try lancet(["run", script.path, "--record", record.path]).status == 0)
        let same = try lancet(["replay", record.path])
        #expect(same.status == 0)
        #expect(same.output.contains("identical"))
        let changed = try String(contentsOf: record, encoding: .utf8).replacing("[11, 42, 7]", with: "[11, 42, 8]")
        try Data(changed.utf8).write(to: record)
        let other = try lancet(["replay", record.path])
        #expect(other.status == 3)
    }
}
