import Documents
import Foundation
import Language
import Testing
import Workbench

/// What a session keeps, shows and writes.
@Suite struct SessionTests {
    @Test func aSavedSessionLeadsToTheSameState() throws {
        let first = try CapturedSession()
        try first.session.set("drop", to: "3")
        #expect(
            first.run(
                """
                \(Scripts.teaching)
                ablate m.heads[2, 5]
                prune m drop [drop, 7]
                undo
                for h in 0..<2 { ablate m.heads[0, h] }
                x = [1, 2];
                def half a { a / 2 }
                half 3
                save-session "x.lancet"
                """) == "")
        let second = try CapturedSession(folder: first.folder)
        #expect(second.run(try first.text("x.lancet")) == "")
        for name in ["m", "x", "drop"] {
            let (old, new) = (first.session.interpreter.value(of: name), second.session.interpreter.value(of: name))
            #expect(old.map(ValueDigest.of) == new.map(ValueDigest.of), "\(name)")
        }
        #expect(second.session.interpreter.functions.map(\.word.name) == ["half"])
    }

    @Test func aFailedStatementIsNotInTheSavedSession() throws {
        let session = try CapturedSession()
        #expect(session.run("x = 1") == "")
        #expect(session.run("y = nowhere") != "")
        #expect(session.run("save-session \"x.lancet\"") == "")
        #expect(try session.text("x.lancet") == "set seed 0\nx = 1\n")
    }

    @Test(arguments: ["", "1x", "m.x", "for", "a b", "a-1", "x;y", "x = 1; y"])
    func whatIsNoNameCannotBeSetFromOutside(_ name: String) throws {
        #expect(throws: LanguageError.self) { try CapturedSession().session.set(name, to: "1") }
    }

    @Test func valuesFromOutsideAreNumbersOnlyWhereTheyLookLikeOne() throws {
        let session = try CapturedSession()
        for (name, text) in [("a", "2.5"), ("b", "inf"), ("c", "0x10"), ("d", "true"), ("e", "a b\"c")] {
            try session.session.set(name, to: text)
        }
        #expect(session.shown("[a, b, c, d, e]") == ["[2.5, \"inf\", \"0x10\", true, \"a b\\\"c\"]"])
    }

    @Test func jsonShowsOneObjectALine() throws {
        let session = try CapturedSession(mode: .json)
        let script =
            "\(Scripts.teaching)\n\(Scripts.clean)\nm\ninfo m\nm.layers[2]\nm.layers[2].router.weight\ntop clean 3\n(clean.logits)[0, 0:3]\n[1, \"a\", true]\n1..<3\n28%"
        for line in session.shown(script) {
            #expect(!line.contains("\n"), "\(line)")
            #expect((try? JSON(parsing: Array(line.utf8))) != nil, "\(line)")
        }
        #expect(session.output.lines.count == 9)
    }

    @Test func tablesAreValidCSV() throws {
        let session = try CapturedSession(mode: .csv)
        let lines = session.shown("\(Scripts.teaching)\n\(Scripts.clean)\ntop clean 3")[0].split(separator: "\n")
        #expect(lines.count == 4)
        let widths = Set(lines.map { Self.fields($0).count })
        #expect(widths.count == 1)
    }

    @Test func tablesAreMarkdown() throws {
        let session = try CapturedSession(mode: .markdown)
        let lines = session.shown("\(Scripts.teaching)\ninfo m")[0].split(separator: "\n")
        #expect(lines.count > 3 && lines.allSatisfy { $0.hasPrefix("|") && $0.hasSuffix("|") })
    }

    /// The fields of one line of CSV.
    private static func fields(_ line: Substring) -> [String] {
        var (fields, isQuoted) = ([""], false)
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    @Test func aFileThatIsOpenIsNeverReplaced() throws {
        let session = try CapturedSession()
        try FileManager.default.copyItem(
            atPath: session.path("examples/models/teach-gptoss-bf16.gguf"), toPath: session.path("m.gguf"))
        #expect(session.run("m = open \"m.gguf\"") == "")
        for command in ["save m \"m.gguf\"", "save-session \"m.gguf\"", "save m \"./m.gguf\""] {
            #expect(session.run(command).contains("in use"), "\(command)")
        }
    }

    @Test func theJournalHasALineForEachCommand() throws {
        let session = try CapturedSession()
        let journal = try #require(Journal(environment: ["XDG_STATE_HOME": session.folder.path]))
        session.session.witnesses.append(journal)
        #expect(!FileManager.default.fileExists(atPath: journal.path))
        _ = session.run("x = 1")
        _ = session.run("y = nowhere")
        let lines = try String(contentsOfFile: journal.path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { (try? JSON(parsing: Array($0.utf8))) != nil })
        #expect(lines[1].contains("E010"))
    }
}
