import Foundation
import Inference
import Language
import Scoring
import TestSupport
import Testing
import Workbench

@Suite struct CompressionCorpusTests {
    private func diagnostic(_ bytes: [UInt8], named name: String = "x.jsonl") throws -> Diagnostic? {
        let path = try ScriptedSession.temporaryPath(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return ScriptedSession().run("c = corpus \"\(path)\"")
    }

    @Test func aBrokenLineIsNamedByLineAndByte() throws {
        let error = try #require(try diagnostic(Array("{\"prompt\": \"a\"}\n{\"prompt\": \"b\"\n".utf8)))
        #expect(error.code == "corpus.json")
        #expect(error.message.contains("line 2, byte 30"))
        #expect(error.help != nil)
    }

    @Test func aWrongEncodingIsNamedByItsFirstBadByte() throws {
        let text = try #require(try diagnostic(Array("Grü".utf8) + [0xFF, 0x41], named: "x.txt"))
        #expect(text.code == "file.encoding" && text.message.contains("offset 4"))
        let lines = try #require(try diagnostic(Array("{\"prompt\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)))
        #expect(lines.code == "file.encoding" && lines.message.contains("offset 12"))
    }

    @Test(arguments: [
        ("[1]", "line 1, byte 0: it is array"), ("{\"answer\": \" b\"}", "it has no prompt"),
        ("{\"prompt\": 3}", "\"prompt\" is number"),
        ("{\"prompt\": \"a\", \"accept\": \"b\"}", "\"accept\" is no list"),
        ("{\"prompt\": \"a\", \"choices\": [\"b\"]}", "choices"), ("\n \n", "holds no item"),
        ("{\"prompt\": \"a\", \"prompt\": \"b\"}", "line 1"),
    ])
    func whatIsNoItemIsRefused(line: String, message: String) throws {
        let error = try #require(try diagnostic(Array(line.utf8)))
        #expect(error.message.contains(message))
        #expect(error.help != nil)
    }

    @Test func aMissingFileAndAFolderAreRefused() throws {
        #expect(ScriptedSession().run("c = corpus \"no-such-file.txt\"")?.code == "file.missing")
        #expect(ScriptedSession().run("c = corpus \"examples\"")?.code == "file.unreadable")
    }

    @Test func unknownKeysAreNamedOnce() throws {
        let path = try ScriptedSession.temporaryPath("x.jsonl")
        try Data("{\"prompt\":\"a\",\"id\":1}\n{\"prompt\":\"b\",\"id\":2}\n".utf8).write(
            to: URL(fileURLWithPath: path))
        let session = ScriptedSession()
        #expect(session.run("c = corpus \"\(path)\"") == nil)
        #expect(session.output.notices.count == 1)
        #expect(session.output.notices.first?.contains("id") == true)
    }

    @Test func severalTextsAreFamiliesNamedByTheirFiles() throws {
        let session = ScriptedSession()
        #expect(
            session.run(
                """
                c = corpus ["examples/models/heldout-ioi.txt", "examples/models/heldout-json.txt"] windows 2
                m = open "examples/models/teach-gptoss-bf16.gguf"
                """) == nil)
        let corpus = try #require(session.object("c", as: CorpusValue.self))
        let model = try #require(session.object("m", as: ModelValue.self))
        let tokens = try corpus.tokens(for: model)
        #expect(tokens.items.map(\.family) == ["ioi", "ioi", "json", "json"])
        #expect(tokens.items.allSatisfy { $0.tokens.count == 512 })
    }
}
