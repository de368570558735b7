import Foundation
import Terminal
import Testing

@Suite final class HistoryTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "lancet-history-\(UUID().uuidString)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private var history: History { History(path: folder.appending(path: "a/b/history").path) }

    @Test func entriesComeBackAsTheyWere() throws {
        let entries = ["run m \"x\"", "with a {\n  b\n}", #"back\slash \n stays"#, "tab\there", "漢字 🙂", "\u{1B}[31m"]
        for entry in entries { #expect(history.append(entry)) }
        #expect(history.load() == entries)
        #expect(history.load(limit: 2) == Array(entries.suffix(2)))
        let lines = try String(contentsOfFile: history.path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == entries.count)
    }

    @Test func onlyTheUserMayReadTheFile() throws {
        history.append("secret")
        let mode = try FileManager.default.attributesOfItem(atPath: history.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func linesThatCannotBeReadArePassedOver() throws {
        #expect(history.load() == [])
        history.append("first")
        let file = try #require(FileHandle(forWritingAtPath: history.path))
        try file.seekToEnd()
        try file.write(contentsOf: Data([0xFF, 0xFE, 0x0A, 0x0A, 0x00, 0x0A]))
        try file.write(contentsOf: Data("bad \\q escape\nbad \\x0\nbad \\\nraw\u{7F}\n".utf8))
        try file.write(contentsOf: Data(repeating: 0x61, count: 700_000) + Data("\ntorn".utf8))
        try file.close()
        history.append("last")
        #expect(history.load() == ["first", "torn", "last"])
    }

    @Test func onlyTheEndOfAHugeFileIsRead() throws {
        history.append("x")
        let line = String(repeating: "y", count: 999) + "\n"
        try Data(String(repeating: line, count: 3000).utf8).write(to: URL(filePath: history.path))
        history.append("z")
        let entries = history.load()
        #expect(entries.last == "z")
        #expect(entries.count < 1100)
        #expect(entries.dropLast().allSatisfy { $0.count == 999 })
    }

    @Test func sessionsThatWriteAtOnceLoseNothing() async {
        let history = history
        await withTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    for entry in 0..<50 { history.append("writer \(writer)\nentry \(entry)") }
                }
            }
        }
        let entries = history.load()
        #expect(Set(entries).count == 200)
        for writer in 0..<4 {
            let own = entries.filter { $0.hasPrefix("writer \(writer)\n") }
            #expect(own == (0..<50).map { "writer \(writer)\nentry \($0)" })
        }
    }

    @Test func theFileLiesWhereStateBelongs() {
        #expect(History(environment: ["HOME": "/h"])?.path == "/h/.local/state/lancet/history")
        #expect(History(environment: ["HOME": "/h", "XDG_STATE_HOME": "/s"])?.path == "/s/lancet/history")
        #expect(History(environment: ["HOME": "/h", "XDG_STATE_HOME": "s"])?.path == "/h/.local/state/lancet/history")
        #expect(History(environment: [:]) == nil)
    }

    @Test func aPlaceThatCannotBeWrittenIsNoReasonToStop() {
        #expect(!History(path: "/proc/nowhere/history").append("x"))
        #expect(!history.append(""))
        #expect(!history.append(String(repeating: "x", count: 1 << 17)))
    }
}
