import Foundation
import Language
import Testing
import Workbench

/// A record replays to the bit; whatever is changed is found and named.
@Suite struct RecordingTests {
    static let script = """
        \(Scripts.teaching)
        base = m
        \(Scripts.clean)
        \(Scripts.corrupt)
        top clean 3
        ld = logit-diff " Mary" " John"
        heads = patch each m.heads from clean into corrupt measure ld
        heads
        x = (clean.logits)[0, 0:4];
        n = 5
        for h in 0..<3 { ablate m.heads[0, h] }
        undo
        with ablate m.heads[1, 1] { y = run m [11, 42, 7] }
        def twice a { a * 2 }
        if (twice n) == 10 { print "twice five is" (twice n) }
        include "more.lancet"
        prune m drop [0, 7]
        save m "out.gguf"
        held = (corpus "examples/models/heldout-ioi.txt")[0:1]
        perplexity m over held
        scores = score m.experts by router-norm
        generate m "The capital of France is" max 4 temperature 0.8 seed 3
        assert n == 5
        diff m base
        """

    /// A session that has run a script and written its record.
    private func recorded(_ script: String = script, threads: Int = 1) throws -> (CapturedSession, record: String) {
        let session = try CapturedSession(threads: threads)
        try "z = [1, 2, 3]\nz[1]\n".write(toFile: session.path("more.lancet"), atomically: true, encoding: .utf8)
        try session.session.set("k", to: "3")
        let recorder = Recorder(session: session.session)
        session.session.witnesses.append(recorder)
        #expect(session.run(script) == "")
        return (session, recorder.text)
    }

    private func replay(_ record: String, in folder: URL, threads: Int = 1) throws -> (Replay.Report, CapturedSession) {
        let session = try CapturedSession(threads: threads, folder: folder)
        return (try Replay.run(SourceText(record, name: "a.rec"), in: session.session), session)
    }

    @Test func aRecordReplaysIdenticallyWithOneThreadAndTwo() throws {
        let (session, record) = try recorded()
        let (_, again) = try recorded(threads: 2)
        #expect(record == again)
        for threads in [1, 2] {
            let (report, replayed) = try replay(record, in: session.folder, threads: threads)
            #expect(report.isIdentical, "\(report.text)")
            #expect(report.comparedCount > 25)
            #expect(replayed.output.lines.isEmpty && replayed.output.streamed.isEmpty)
        }
    }

    @Test func aRecordIsAScriptThatRunsAnywhere() throws {
        let (session, record) = try recorded()
        let plain = try CapturedSession(folder: session.folder)
        #expect(plain.run(record) == "")
        #expect(plain.output.lines == session.output.lines)
    }

    @Test func aFlippedBitOfATensorIsNamed() throws {
        let (session, record) = try recorded("m = open \"m.gguf\"\nm.bytes", model: "m.gguf")
        try flipBit(ofByte: 20_000_000, in: session.path("m.gguf"))
        let (report, _) = try replay(record, in: session.folder)
        let found = report.difference ?? ""
        #expect(found.hasPrefix("step 3, `m = open \"m.gguf\"` (line "), "\(found)")
        #expect(found.contains(": m: tensor blk.2.ffn_up_exps.weight, expert "), "\(found)")
    }

    @Test func aFlippedBitOfTheTokenizerIsNamed() throws {
        let (session, record) = try recorded("m = open \"m.gguf\"\nm.bytes", model: "m.gguf")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: session.path("m.gguf")))
        let place = try #require(bytes.range(of: Data("Mary".utf8))).lowerBound
        try flipBit(ofByte: place, in: session.path("m.gguf"))
        let (report, _) = try replay(record, in: session.folder)
        #expect(report.difference?.contains("m: file \"m.gguf\": metadata, names or tokenizer") == true)
    }

    @Test func aFlippedBitOfACorpusIsFound() throws {
        let script = "t = corpus \"t.txt\"\nt"
        let session = try CapturedSession()
        try "one two\n".write(toFile: session.path("t.txt"), atomically: true, encoding: .utf8)
        let recorder = Recorder(session: session.session)
        session.session.witnesses.append(recorder)
        #expect(session.run(script) == "")
        try flipBit(ofByte: 0, in: session.path("t.txt"))
        let (report, _) = try replay(recorder.text, in: session.folder)
        #expect(report.difference?.hasPrefix("step 2, `t = corpus \"t.txt\"`") == true, "\(report.text)")
    }

    @Test func aResultThatDiffersIsNamedToTheElement() throws {
        let (session, record) = try recorded("x = 0.5\n\(Scripts.teaching)\n\(Scripts.clean)\n(clean.logits)[0, 0:4]")
        let shown = try #require(record.split(separator: "\n").first { $0.hasPrefix("#=   bits ") })
        var bits = shown.split(separator: " ").map(String.init)
        let pattern = try #require(UInt32(bits[3], radix: 16))
        bits[3] = String(pattern ^ 1, radix: 16)
        let changed = record.replacing(shown, with: "#=   " + bits[1...].joined(separator: " "))
            .replacing("shown: sha256:", with: "shown: sha256:0")
        let (report, _) = try replay(changed, in: session.folder)
        #expect(report.difference?.contains("the shown value: element [1]: recorded ") == true, "\(report.text)")
    }

    @Test(arguments: [
        ("x = 1\ny = 2\n", "y = 2", "y = 3", "the statement was changed after it was recorded"),
        ("x = 1\ny = 2\n", "y = 2", "x\ny = 2", "it was not in the record"),
        ("x = 1\nassert x < 2\ny = 2", "assert x < 2", "assert x < 3", "the statement was changed"),
        ("x = 1\nprint x\n", "#= end: 4 steps", "", "breaks off"),
        ("x = 1\nprint x\n", "#= end: 4 steps", "#= end: 5 steps", "promises 5 steps and holds 4"),
        ("x = 1\nprint x\n", "printed: sha256:", "printed: sha256:0", "what was printed"),
        ("x = 1\ny = x\n", "#= y sha256:", "#= z sha256:", "recorded z, now y"),
    ]) func aChangedRecordIsFound(_ script: String, _ old: String, _ new: String, _ wanted: String) throws {
        let (session, record) = try recorded(script)
        #expect(record.contains(old))
        let (report, _) = try replay(record.replacing(old, with: new), in: session.folder)
        #expect(report.difference?.contains(wanted) == true, "\(report.text)")
    }

    @Test func aStepThatIsTakenOutIsMissed() throws {
        let (session, record) = try recorded("x = 1\ny = 2\nz = 3\n")
        let lines = record.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "y = 2"))
        let end = try #require(lines.firstIndex(of: "z = 3"))
        let shorter = (lines[..<start] + lines[end...]).joined(separator: "\n")
        let (report, _) = try replay(shorter, in: session.folder)
        #expect(report.difference?.contains("the record has it as step 5") == true, "\(report.text)")
    }

    @Test func aMissingFileFailsWithItsRemedy() throws {
        let (session, record) = try recorded("m = open \"m.gguf\"", model: "m.gguf")
        try FileManager.default.removeItem(atPath: session.path("m.gguf"))
        let (report, _) = try replay(record, in: session.folder)
        #expect(report.diagnostics.first?.kind == .failure && report.difference == nil)
        #expect(report.diagnostics.first?.help != nil)
    }

    @Test func aScriptWithoutDigestsIsNoRecord() throws {
        #expect(throws: LanguageError.self) { try replay("x = 1", in: FileManager.default.temporaryDirectory) }
    }

    @Test func anUnreadableRecordTrapsNowhere() throws {
        let (session, record) = try recorded("x = [1, 2]\ny = 0.5\nprint x\nz = \"a\"")
        var random = SeededGenerator(state: 7)
        let bytes = Array(record.utf8)
        for _ in 0..<1500 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: damaged[place] = UInt8.random(in: 32..<127, using: &random)
                case 1: damaged.removeSubrange(place..<min(damaged.count, place + 20))
                default: damaged.insert(contentsOf: Array("#= ".utf8), at: place)
                }
            }
            guard !damaged.isEmpty else { continue }
            _ = try? replay(String(decoding: damaged, as: UTF8.self), in: session.folder)
        }
    }

    @Test func aWrittenFileThatDiffersIsNamed() throws {
        let script = "\(Scripts.teaching)\nsave m \"out.gguf\""
        let (session, record) = try recorded(script)
        let line = try #require(record.split(separator: "\n").first { $0.hasPrefix("#= file \"out.gguf\": sha256:") })
        let (report, _) = try replay(record.replacing(line, with: line.dropLast() + "x"), in: session.folder)
        #expect(report.difference?.contains("file \"out.gguf\": recorded sha256 ") == true, "\(report.text)")
    }

    // MARK: Support

    private func recorded(_ script: String, model: String) throws -> (CapturedSession, record: String) {
        let session = try CapturedSession()
        try FileManager.default.copyItem(
            atPath: session.path("examples/models/teach-gptoss-bf16.gguf"), toPath: session.path(model))
        try session.session.set("k", to: "3")
        let recorder = Recorder(session: session.session)
        session.session.witnesses.append(recorder)
        #expect(session.run(script) == "")
        return (session, recorder.text)
    }

    /// In place: a file that is written anew is cut short for a moment, which sessions that map it notice.
    private func flipBit(ofByte place: Int, in path: String) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seek(toOffset: UInt64(place))
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: UInt64(place))
        try handle.write(contentsOf: Data([byte ^ 1]))
        try handle.close()
    }
}
