import Foundation
import Language
import Testing

/// Compares rendered diagnostics with the files under `Tests/Fixtures/diagnostics`: a script, a line `----`, and what
/// it prints. A file without the second part is recorded, and the run fails so that someone reads it.
@Suite struct DiagnosticTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/diagnostics")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.sorted()
    }()

    @Test func thereAreSnapshots() { #expect(Self.names.count >= 12) }

    @Test(arguments: names) func aDiagnosticLooksAsRecorded(_ name: String) throws {
        let file = Self.folder.appending(path: name)
        let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "----\n")
        let host = ToyHost()
        let interpreter = Interpreter(host: host)
        interpreter.set("m", to: .object(ToyModel()))
        interpreter.set("clean", to: .object(ToyVector(values: [1, 2, 3])))
        let isFile = name.hasPrefix("file-")
        let source = SourceText(parts[0], name: isFile ? "surgery.lancet" : "")
        let rendered = interpreter.run(source).map { $0.rendered() }.joined()
        guard parts.count == 2 else {
            try (parts[0] + "----\n" + rendered).write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name)")
            return
        }
        #expect(rendered == parts[1])
    }

    @Test func aStyleSeesEveryPiece() {
        let diagnostics = Interpreter(host: ToyHost()).run(SourceText("pacth m.heads"))
        let styled = diagnostics.first?.rendered { role, text in "<\(role) \(text)>" }
        #expect(
            styled == """
                <heading error E005:> <message no command is called "pacth">
                <gutter   1 │ ><source pacth m.heads>
                <gutter     │ ><mark ~~~~~>
                <help help:> did you mean "patch"?

                """)
    }

    @Test func everyCodeHasAnExplanation() {
        for code in ErrorCode.allCases { #expect(code.explanation.hasSuffix(".")) }
    }
}
