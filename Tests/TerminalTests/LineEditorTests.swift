import Foundation
import Testing

/// Keys in, screen out, through a real terminal.
@Suite(.serialized) final class LineEditorTests {
    private let home: URL

    init() throws {
        home = FileManager.default.temporaryDirectory.appending(path: "lancet-editor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    private func open(rows: Int = 24, columns: Int = 80, _ more: [String: String] = [:]) throws -> PseudoTerminal {
        let environment = ["TERM": "xterm", "HOME": home.path, "LC_ALL": "C.UTF-8"].merging(more) { $1 }
        let terminal = try PseudoTerminal("lineeditor-probe", environment: environment, rows: rows, columns: columns)
        try terminal.wait(forCursorBehind: "probe> ")
        return terminal
    }

    @Test func typedTextIsEditedByCharacterNotByByte() throws {
        let terminal = try open()
        try terminal.type("héllo wörld")
        try terminal.wait(forCursorBehind: "héllo wörld")
        try terminal.type("\u{1B}[D\u{1B}[D\u{7F}漢")
        try terminal.wait(forCursorBehind: "probe> héllo wö漢")
        #expect(terminal.screen.currentRow == "probe> héllo wö漢ld")
        try terminal.type("\r")
        try terminal.wait(for: "[\"héllo wö漢ld\"]")
    }

    @Test func accentsSurviveALocaleThatHasNone() throws {
        let terminal = try open(["LC_ALL": "C"])
        try terminal.type("é→x\r")
        try terminal.wait(for: "[\"é→x\"]")
    }

    @Test func anOpenBracketKeepsTheEntryOpen() throws {
        let terminal = try open()
        try terminal.type("for x {\r")
        try terminal.wait(forCursorBehind: "probe> for x {\n  ")
        try terminal.type("y {\r")
        try terminal.wait(forCursorBehind: "  y {\n    ")
        try terminal.type("z }}\r")
        try terminal.wait(for: "[\"for x {\\n  y {\\n    z }}\"]")
    }

    @Test func arrowsMoveInsideAnEntryOfSeveralLines() throws {
        let terminal = try open(rows: 6)
        // The last rows of the screen are where redrawing goes wrong first.
        for entry in ["a", "b"] {
            try terminal.type(entry + "\r")
            try terminal.wait(forCursorBehind: "[\"\(entry)\"]\nprobe> ")
        }
        try terminal.type("{\r1\r2")
        try terminal.wait(forCursorBehind: "  1\n  2")
        try terminal.type("\u{1B}[A3\u{1B}[B4")
        try terminal.wait(forCursorBehind: "  13\n  24")
        #expect(terminal.screen.text.hasSuffix("probe> {\n  13\n  24"))
        // Enter in the middle of an open entry breaks that line.
        try terminal.type("\u{1B}[A\r0\u{1B}[B}\r")
        try terminal.wait(for: "[\"{\\n  13\\n  0\\n  2}4\"]")
    }

    @Test func anEarlierSessionIsRecalledLineByLine() throws {
        let first = try open()
        try first.type("ablate {\r3}\r")
        try first.wait(forCursorBehind: "3}\"]\nprobe> ")
        try first.type("naïve\\n\r")
        try first.wait(forCursorBehind: "[\"naïve\\\\n\"]\nprobe> ")
        try first.type("\u{4}")
        #expect(try first.exitStatus() == 0)

        let second = try open()
        try second.type("half\u{1B}[A")
        try second.wait(forCursorBehind: "probe> naïve\\n")
        try second.type("\u{1B}[A")
        try second.wait(forCursorBehind: "probe> ablate {\n  3}")
        try second.type("\u{1B}[B")
        try second.wait(forCursorBehind: "probe> naïve\\n")
        try second.type("\u{1B}[B")
        try second.wait(forCursorBehind: "probe> half")
        // Below the newest entry there is nothing; what was typed stays.
        try second.type("\u{1B}[B!\r")
        try second.wait(for: "[\"half!\"]")
        let file = home.appending(path: ".local/state/lancet/history").path
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func tabCompletesWhatIsCertain() throws {
        let terminal = try open()
        try terminal.type("ab\t")
        try terminal.wait(forCursorBehind: "probe> ablate ")
        try terminal.type("na\t")
        try terminal.wait(forCursorBehind: "probe> ablate naïve ")
        try terminal.type("\r")
        try terminal.wait(for: "[\"ablate naïve \"]")
    }

    @Test func tabListsWhatIsPossibleBelowTheEntry() throws {
        let terminal = try open()
        try terminal.type("p\t")
        try terminal.wait(for: "prune       verb\nprobe> p")
        #expect(terminal.screen.text == "probe> p\npatch       verb\nperplexity  verb\nprune       verb\nprobe> p")
        try terminal.type("r\t;\r")
        try terminal.wait(for: "[\"prune ;\"]")
    }

    @Test func aListDoesNotOverwriteTheLinesBelowTheCursor() throws {
        let terminal = try open()
        try terminal.type("{\rp\rq")
        try terminal.wait(forCursorBehind: "  p\n  q")
        try terminal.type("\u{1B}[A\t")
        try terminal.wait(for: "prune       verb\nprobe> {\n  p\n  q")
        try terminal.wait(forCursorBehind: "prune       verb\nprobe> {\n  p")
        #expect(terminal.screen.text.hasPrefix("probe> {\n  p\n  q\npatch"))
        #expect(terminal.screen.text.hasSuffix("probe> {\n  p\n  q"))
    }

    @Test func tabAtTheStartOfALineIndents() throws {
        let terminal = try open()
        try terminal.type("{\r\tx}\r")
        try terminal.wait(for: "[\"{\\n    x}\"]")
    }

    @Test func interruptingDropsTheEntryAndGoesOn() throws {
        let terminal = try open()
        try terminal.type("half an entry {\rof two lines\u{1B}[A")
        terminal.settle()
        try terminal.type("\u{3}")
        try terminal.wait(forCursorBehind: "[interrupted]\nprobe> ")
        #expect(terminal.screen.text == "probe> half an entry {\n  of two lines\n[interrupted]\nprobe>")
        try terminal.type("next\r")
        try terminal.wait(for: "[\"next\"]")
    }

    @Test func endOfInputEndsOnlyOnAnEmptyEntry() throws {
        let terminal = try open()
        try terminal.type("ab\u{4}")
        terminal.settle()
        try terminal.type("\u{1}\u{4}\r")
        try terminal.wait(forCursorBehind: "[\"b\"]\nprobe> ")
        try terminal.type("\u{4}")
        try terminal.wait(for: "[end]")
        #expect(try terminal.exitStatus() == 0)
        #expect(!terminal.screen.text.contains("^D"))
    }

    @Test func whatIsPastedNeitherRunsNorCompletes() throws {
        let terminal = try open()
        try terminal.wait("bracketed paste") { $0.isPasteBracketed }
        try terminal.type("\u{1B}[200~p\tx\rab\t\u{1B}[31my\r\u{1B}[201~")
        terminal.settle()
        #expect(terminal.screen.text == "probe> p        x\nab      [31my")
        try terminal.type("!\r")
        try terminal.wait(for: "[\"p\\tx\\nab\\t[31my!\"]")
    }

    @Test func searchFindsAnEarlierEntry() throws {
        let terminal = try open()
        for entry in ["quantize m", "prune m", "patch m"] {
            try terminal.type(entry + "\r")
            try terminal.wait(forCursorBehind: "[\"\(entry)\"]\nprobe> ")
        }
        try terminal.type("\u{12}uant")
        try terminal.wait("the entry that was searched") { $0.text.contains("probe> quantize m\nbck:uant") }
        try terminal.type("\u{5}!\r")
        try terminal.wait(for: "[\"quantize m!\"]")
    }

    @Test func interruptingASearchIsNoEndOfInput() throws {
        let terminal = try open()
        try terminal.type("one\r")
        try terminal.wait(forCursorBehind: "[\"one\"]\nprobe> ")
        try terminal.type("\u{12}on")
        try terminal.wait(for: "bck:on")
        try terminal.type("\u{3}")
        try terminal.wait(forCursorBehind: "[interrupted]\nprobe> ")
        try terminal.type("two\r")
        try terminal.wait(for: "[\"two\"]")
    }

    @Test func aNarrowerTerminalKeepsTheEntry() throws {
        let terminal = try open(columns: 60)
        try terminal.type("abcdefghijklmnopqrstuvwxyz")
        try terminal.wait(forCursorBehind: "xyz")
        terminal.resize(rows: 24, columns: 24)
        try terminal.wait(forCursorBehind: "abcdefghijklmnopq\nrstuvwxyz")
        try terminal.type("!\r")
        try terminal.wait(for: "lmnopqrstuv\nwxyz!\"]")
    }

    @Test func anInterruptedCommandStopsAndLeavesNoProgress() throws {
        let terminal = try open()
        try terminal.type("work\r")
        try terminal.wait(for: "working  ━")
        try terminal.type("\u{3}")
        try terminal.wait(forCursorBehind: "[stopped]\nprobe> ")
        #expect(!terminal.screen.text.contains("working  "))
        try terminal.type("on\r")
        try terminal.wait(for: "[\"on\"]")
    }

    @Test func theThirdInterruptOfADeafCommandAborts() throws {
        let terminal = try open()
        try terminal.type("sulk\r")
        try terminal.wait(for: "sulking")
        try terminal.type("\u{3}")
        terminal.settle()
        #expect(!terminal.screen.text.contains("once more"))
        try terminal.type("\u{3}")
        try terminal.wait(for: "Press Ctrl-C once more to abort lancet at once.")
        try terminal.type("\u{3}")
        #expect(try terminal.exitStatus() == -SIGINT)
    }

    @Test func aDumbTerminalHasNoEditor() throws {
        let terminal = try PseudoTerminal(
            "lineeditor-probe", environment: ["TERM": "dumb", "HOME": home.path])
        try terminal.wait(for: "[no editor]")
        #expect(try terminal.exitStatus() == 1)
    }
}
