import Foundation
import TestSupport
import Testing

/// The prompt at a real terminal: keys in, screen out, the whole program behind it.
@Suite(.serialized) final class PromptTests {
    private let home: URL

    init() throws {
        home = FileManager.default.temporaryDirectory.appending(path: "lancet-prompt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    /// The program at its first prompt.
    private func open() throws -> PseudoTerminal {
        let environment = ["TERM": "xterm", "HOME": home.path, "LC_ALL": "C.UTF-8"]
        let terminal = try PseudoTerminal("lancet", environment: environment, rows: 40, columns: 120)
        try terminal.wait(forCursorBehind: "lancet> ")
        return terminal
    }

    /// The program with the teaching model open.
    private func opened() throws -> PseudoTerminal {
        let terminal = try open()
        try terminal.type("m = open \"\(Fixtures.teachingModelPath("teach-gptoss-bf16.gguf"))\"; base = m\r")
        try terminal.wait(for: "gpt-oss · 4 layers")
        try terminal.wait(forCursorBehind: "lancet> ")
        return terminal
    }

    @Test func anErrorPointsAtTheWordAndThePromptGoesOn() throws {
        let terminal = try opened()
        try terminal.type("ablate m.layers[2].expert[3]\r")
        try terminal.wait(for: "a layer has no member \"expert\"")
        try terminal.wait(for: "did you mean \"experts\"?")
        try terminal.type("1 + 1\r")
        try terminal.wait(for: "\n2\n")
    }

    @Test func tabCompletesVerbsAndMembersOfLiveValues() throws {
        let terminal = try opened()
        try terminal.type("perpl\t")
        try terminal.wait(for: "lancet> perplexity")
        try terminal.type("m.lay\t")
        try terminal.wait(for: "m.layers")
    }

    @Test func historyOutlivesTheSession() throws {
        let first = try open()
        try first.type("1234 + 1\r")
        try first.wait(for: "1235")
        try first.wait(forCursorBehind: "lancet> ")
        try first.type("\u{4}")
        let second = try open()
        try second.type("\u{1B}[A")
        try second.wait(forCursorBehind: "lancet> 1234 + 1")
    }

    /// The model is as before when Ctrl-C ends a command: nothing differs from what was opened.
    @Test(arguments: [
        "ablate each m.experts measure loss over held",
        "for i in 0..<1000 { generate m \"Once\" max 500 }",
        "score m.experts by ablation over held",
    ])
    func controlCEndsACommandAndRollsItBack(command: String) throws {
        let terminal = try opened()
        try terminal.type("held = corpus \"\(Fixtures.teachingModelPath("heldout.txt"))\"\r")
        try terminal.wait(forCursorBehind: "lancet> ")
        try terminal.type(command + "\r")
        Thread.sleep(forTimeInterval: 1)
        try terminal.type("\u{3}")
        try terminal.wait(for: "interrupted")
        try terminal.wait(forCursorBehind: "lancet> ")
        try terminal.type("diff m base\r")
        try terminal.wait(for: "no difference")
    }
}
