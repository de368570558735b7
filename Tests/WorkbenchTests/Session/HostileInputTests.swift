import Foundation
import Language
import TestSupport
import Testing
import Workbench

/// Whatever a script says and a file holds, there is an error with a remedy, and never a crash.
@Suite struct HostileInputTests {
    /// Lines of the surface; every word and sign of them is also a piece to build garbage from.
    static let lines: [String] =
        ExampleTests.examples.flatMap { $0.split(separator: "\n").map(String.init) }.filter {
            !$0.contains("examples/models") && !$0.contains("export") && !$0.contains("save")
        } + [
            "ids = run m [11, 42, 7]", "clean[\"blocks.0.attn.hook_z\"]", "top clean 2", "ld = loss",
            "patch each m.heads from clean into corrupt measure ld", "m.experts[0, 0:2]", "m.heads[:, 1]",
            "patch each m.layers.resid-pre at each from clean into corrupt measure ld",
            "undo; redo; edits m; diff m base",
            "ablate m.layers[1].experts[1] with mean over held",
            "generate m [3, 4] max 3 temperature 0.5 seed 1 top-k 2",
            "restrict-experts m.layers[1] drop [0]", "compare m to base over held", "prune m keep plan",
            "scores = score m.experts by reap over held", "plan = select scores top 2 per layer",
            "quantize m.experts as q8_0", "dry-run quantize m as q4_0", "routes = trace m over held",
            "for i in 0..<2 { with ablate m.heads[0, i] { run m [i, 2] } }", "def f a { a * 2 }", "f 3",
            "assert (1 < 2) == true \"no\"", "x = -m.bytes / 2e300 + 7.5GiB", "m.layers[-1].experts[::-1]",
            "explain prune m drop [0]", "info m.layers[1].router", "m.tensors[\"blk.0.attn_q.weight\"]",
            "m.layers[0].experts[0].down.values[0, :]", "clean.logits[-1, 0:5] * 2", "tokens m \"a\"",
            "measure ld on clean",
        ]

    static let pieces: [String] =
        lines.flatMap { pieces(of: $0) }
        + [
            "nothing", "-1", "1e308", "28%", "9007199254740993", "\"\"", "\"\\0\"", "\"é\"", "each", "0..<2", "[", "]",
            "it",
        ]

    private static let setup = """
        m = open "model.gguf"
        base = m
        clean = run m [1, 2, 3, 4, 5]
        corrupt = run m [1, 2, 9, 4, 5]
        """

    @Test func garbageScriptsNeverCrash() throws {
        var random = SeededGenerator(state: 20)
        var (failures, total) = (0, 0)
        for _ in 0..<55 {
            let session = try tiny()
            for _ in 0..<100 {
                let script = Self.mutated(&random)
                total += 1
                for diagnostic in session.session.run(SourceText(script, name: "fuzz")) {
                    failures += 1
                    #expect(!diagnostic.message.isEmpty, "\(script)")
                    let isInside = diagnostic.span.end <= diagnostic.source.bytes.count
                    #expect(isInside, "\(script)")
                }
            }
        }
        #expect(total >= 5000 && failures > total / 4 && failures < total)
    }

    private func tiny() throws -> CapturedSession {
        let session = try CapturedSession()
        try FileManager.default.copyItem(
            atPath: Fixtures.path("oracles/gptoss-plain/model.gguf"), toPath: session.path("model.gguf"))
        #expect(session.run(Self.setup) == "")
        return session
    }

    /// Words, texts and signs of a line, with its blanks.
    private static func pieces(of line: String) -> [String] {
        var pieces: [String] = []
        for character in line {
            let isWord = character.isLetter || character.isNumber || "-_".contains(character)
            let joins = isWord && (pieces.last?.last.map { $0.isLetter || $0.isNumber || "-_".contains($0) } ?? false)
            if joins, let last = pieces.popLast() {
                pieces.append(last + String(character))
            } else {
                pieces.append(String(character))
            }
        }
        return pieces
    }

    /// A line of the surface with pieces lost, doubled, swapped or put in; numbers never grow together.
    private static func mutated(_ random: inout SeededGenerator) -> String {
        var words = pieces(of: lines.randomElement(using: &random) ?? "")
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0...words.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where place < words.count: words.remove(at: place)
            case 1 where place < words.count: words.insert(words[place] + " ", at: place)
            case 2 where place + 1 < words.count: words.swapAt(place, place + 1)
            default: words.insert((pieces.randomElement(using: &random) ?? "") + " ", at: place)
            }
        }
        return words.joined()
    }

    @Test(arguments: [
        "open \"missing.gguf\"", "open \".\"", "open \"/dev/null\"", "open \"\"", "open \"a\\0b\"", "open \"a\\nb\"",
        "corpus \"missing.txt\"", "corpus \".\"", "corpus \"/dev/zero\"", "corpus \"\"", "corpus \"latin.txt\"",
        "corpus \"wide.txt\"", "corpus \"broken.jsonl\"", "corpus \"empty.txt\"", "include \"loop.lancet\"",
        "include \"/dev/zero\"",
        "include \"pipe\"", "corpus \"pipe\"", "open \"pipe\"", "save-session \"/nowhere/x.lancet\"",
        "save-session \"/dev/null\"",
        "save-session \".\"", "save-session \"\"", "open \"cut.gguf\"", "corpus \"closed.txt\"",
        "plan \"broken.jsonl\"",
    ]) func anOddFileIsRefusedWithARemedy(_ command: String) throws {
        let session = try CapturedSession()
        try makeOddFiles(session)
        let failure = session.run(command)
        if command.contains("closed"), getuid() == 0 { return }
        #expect(failure.hasPrefix("error "), "\(command): \(failure)")
        #expect(failure.contains("help: "), "\(command): \(failure)")
    }

    private func makeOddFiles(_ session: CapturedSession) throws {
        let files: [(String, [UInt8])] = [
            ("latin.txt", [0x68, 0xE9, 0x6C, 0x6C, 0x6F]), ("wide.txt", [0xFF, 0xFE, 0x68, 0, 0x69, 0]),
            ("broken.jsonl", Array("{\"prompt\": \"a\", \"answer\": 3}\n{".utf8)), ("empty.txt", []),
            ("loop.lancet", Array("include \"loop.lancet\"".utf8)), ("cut.gguf", Array("GGUF".utf8)),
            ("closed.txt", [0x61]),
        ]
        for (name, bytes) in files { try Data(bytes).write(to: session.folder.appending(path: name)) }
        chmod(session.path("closed.txt"), 0)
        mkfifo(session.path("pipe"), 0o600)
    }

    @Test(arguments: [
        "m.layers[99999999999999999999]", "m.layers[9223372036854775807]",
        "m.layers[0:9223372036854775807:9007199254740992]",
        "m.heads[-9223372036854775808, 0]", "generate m [1] max 9e18", "generate m [1] top-k 1e18", "top clean 1e15",
        "run m [1e300]", "run m [-1]", "run m []", "run m (0..<10000000)", "set threads 1e9", "set seed -1",
        "set seed 1e300",
        "1e308 * 10", "1 / 0", "0..<1e300", "select (score m.experts by router-norm) top 1e12 per layer",
        "prune m drop [0, 1e18]", "restrict-experts m drop (0..<9007199254740992)", "abs -1e400", "x = 1e999",
    ]) func aHugeNumberIsRefused(_ command: String) throws {
        let session = try tiny()
        let failure = session.run(command)
        #expect(failure.hasPrefix("error ") || command.hasPrefix("top"), "\(command): \(failure)")
    }
}
