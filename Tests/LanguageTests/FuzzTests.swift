import Language
import Testing

/// Hostile scripts: whatever the bytes, nothing traps, every diagnostic points into its text, and what parses prints
/// to the same tree.
@Suite struct FuzzTests {
    /// SplitMix64, so that a failure can be run again.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    static let pieces =
        "for in if else def with assert include each and or not true false nothing time explain dry-run patch ablate "
        + "measure loss kl from into over at with mean m clean x y open score by reap select top per layer print f "
        + "( ) [ ] { } , . : ; = == != < <= > >= + - * / ..< ... 0 1 2.5 7.5GiB 28% 1e300 \"a\" \" \" # \\ é \u{0}"

    static let soup: [String] = pieces.split(separator: " ").map(String.init) + ["\n", "\n", " ", " ", "m.heads[2, 5]"]

    static let scripts: [String] =
        SurfaceTests.lines.map(\.script) + [
            "def f a b over c { a * b; if a < 2 { c } else { -a } }\nf 1 2 over 3",
            "for i in 0..<3 { with ablate m.heads[i] { print i (abs -3) [1, 2][0] } }",
            "assert not (1 < 2) == false and true or x != \"a\\n\\u{1F642}\" \"oh\"",
            "y = -(1 + 2) * m.layers[1:2:3, ::, -1].x - [1, [2]][0] / 2e-3ms",
        ]

    private func check(_ program: Program, _ text: String, _ vocabulary: Vocabulary) {
        for diagnostic in program.diagnostics {
            for span in [diagnostic.span] + diagnostic.labels.map(\.span) {
                let isInside = span.start >= 0 && span.start <= span.end && span.end <= diagnostic.source.bytes.count
                if !isInside { Issue.record("span \(span) outside \(text.debugDescription)") }
            }
            if diagnostic.message.isEmpty || diagnostic.rendered().isEmpty { Issue.record("empty: \(text)") }
        }
        guard program.status == .complete else { return }
        let printed = program.statements.map(\.canonical).joined(separator: "\n")
        let again = Parser.parse(SourceText(printed), vocabulary: vocabulary)
        if again.outline != program.outline || again.status != .complete {
            Issue.record("\(text.debugDescription) printed as \(printed.debugDescription)")
        }
        let reprinted = again.statements.map(\.canonical).joined(separator: "\n")
        if reprinted != printed {
            Issue.record("\(printed.debugDescription) printed again as \(reprinted.debugDescription)")
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = Generator(state: 1)
        let vocabulary = Vocabulary(ToySignatures.all)
        for _ in 0..<60_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            check(Parser.parse(SourceText(text), vocabulary: vocabulary), text, vocabulary)
        }
    }

    @Test func tokenSoupNeverTraps() {
        var random = Generator(state: 2)
        let vocabulary = Vocabulary(ToySignatures.all)
        for _ in 0..<80_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1..<16, using: &random) {
                text += Self.soup[Int.random(in: 0..<Self.soup.count, using: &random)]
                if Int.random(in: 0..<3, using: &random) > 0 { text += " " }
            }
            check(Parser.parse(SourceText(text), vocabulary: vocabulary), text, vocabulary)
        }
    }

    private func mutated(_ random: inout Generator) -> String {
        var bytes = Array(Self.scripts[Int.random(in: 0..<Self.scripts.count, using: &random)].utf8)
        for _ in 0..<Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2:
                bytes.insert(contentsOf: Self.soup[Int.random(in: 0..<Self.soup.count, using: &random)].utf8, at: place)
            case 3: bytes.removeSubrange(place..<Int.random(in: place...bytes.count, using: &random))
            default:
                let other = Self.scripts[Int.random(in: 0..<Self.scripts.count, using: &random)].utf8
                bytes.insert(contentsOf: other.prefix(Int.random(in: 0...other.count, using: &random)), at: place)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func mutatedScriptsNeverTrap() {
        var random = Generator(state: 3)
        let vocabulary = Vocabulary(ToySignatures.all)
        for _ in 0..<60_000 {
            let text = mutated(&random)
            check(Parser.parse(SourceText(text), vocabulary: vocabulary), text, vocabulary)
        }
    }

    @Test func completionNeverTraps() {
        var random = Generator(state: 4)
        let vocabulary = Vocabulary(ToySignatures.all)
        for _ in 0..<10_000 {
            let source = SourceText(mutated(&random))
            let offset = Int.random(in: -1...source.bytes.count + 1, using: &random)
            let found = Completion.at(offset, in: source, vocabulary: vocabulary)
            if found.span.start < 0 || found.span.end > source.bytes.count { Issue.record("\(source.text) \(offset)") }
        }
    }

    @Test func runningRubbishNeverTraps() {
        var random = Generator(state: 5)
        for _ in 0..<20_000 {
            let host = ToyHost()
            let interpreter = Interpreter(host: host)
            interpreter.set("m", to: .object(ToyModel()))
            interpreter.set("clean", to: .object(ToyVector(values: [1, 2, 3])))
            interpreter.set("x", to: .number(1e300))
            host.patience = 200
            let source = SourceText(mutated(&random))
            for diagnostic in interpreter.run(source) where diagnostic.span.end > diagnostic.source.bytes.count {
                Issue.record("span outside \(source.text.debugDescription)")
            }
        }
    }

    @Test(arguments: [
        "(", "[", "-", "not ", "abs (", "x.y", "1 + ", "if true { ", "if true { } else ", "m[", "{", "f [(", "measure ",
        "x[0]", "1 == (", "with ablate m { ", "\"", "\\", "0..<(",
    ])
    func deepNestingIsADiagnostic(_ piece: String) {
        let vocabulary = Vocabulary(ToySignatures.all)
        for head in ["", "x = ", "a"] {
            let text = head + String(repeating: piece, count: 20_000)
            let program = Parser.parse(SourceText(text), vocabulary: vocabulary)
            #expect(!program.diagnostics.isEmpty || program.status == .complete)
            _ = program.outline
        }
    }
}
