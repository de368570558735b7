import Foundation
import TestSupport
import Testing

/// Limits that cannot hold, each in a process of its own: at `--memory`, at `set memory`, and when a model is first run.
struct MemoryRefusalTests {
    private static let open = "m = open \"examples/models/teach-gptoss-bf16.gguf\"\n"

    @Test func aLimitBelowTheProgramItselfIsRefusedAtBothDoors() throws {
        let flag = try LancetProcess.run(["--memory", "10MiB", "-c", "print 1"])
        #expect(flag.output.isEmpty)
        #expect(flag.errors.contains("the process takes") && flag.errors.contains("Set a larger limit"))
        let statement = try LancetProcess.run(["-c", "set memory 10MiB"])
        #expect(statement.errors.contains("│ set memory 10MiB") && statement.errors.contains("~~~"))
    }

    /// The program fits, but not what every token needs and the experts of one layer.
    @Test func aLimitThatAModelCannotRunInIsRefusedWithWhatItNeeds() throws {
        var (limit, refusal) = (24, "")
        repeat {
            limit += 1
            refusal = try LancetProcess.run([
                "--memory", "\(limit)MiB", "-c", Self.open + "r = run m [1, 2, 3]\nprint 1",
            ]).errors
        } while limit < 256 && refusal.contains("the process takes")
        #expect(refusal.contains("storage.noMemory") && refusal.contains("teach-gptoss-bf16.gguf"), "\(refusal)")
        #expect(refusal.contains("for what every token uses") && refusal.contains("for one layer's experts"))
        #expect(refusal.contains("│ r = run m [1, 2, 3]"))
        #expect(refusal.contains("larger, or quantize the model and save it"))
    }

    @Test func aRefusedLimitLeavesTheOneBeforeAndTheModel() throws {
        let environment = ["TERM": "xterm", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"]
        let terminal = try PseudoTerminal("lancet", environment: environment, rows: 40, columns: 120)
        func enter(_ line: String, until shown: String) throws {
            try terminal.wait(forCursorBehind: "lancet> ")
            try terminal.type(line + "\r")
            try terminal.wait(for: shown)
        }
        try enter("m = open \"\(Fixtures.teachingModelPath("teach-gptoss-bf16.gguf"))\"", until: "gpt-oss · 4 layers")
        try enter("set memory 160MiB", until: "lancet> ")
        try enter("set memory 10MiB", until: "Set a larger limit")
        try enter("r = run m [1, 2, 3]", until: "found in memory")
        try enter("set memory", until: "limit 160.0 MiB")
        try enter("set memory off; set memory 0GiB", until: "a memory limit is a size")
        try enter("set memory", until: "\noff\n")
    }
}
