import Foundation
import Language
import Testing

/// Runs the scripts under `Tests/Fixtures/language`, each named after the behaviour it shows. A line `# expect: text`
/// is the next output; `# expect error: E014 message` is how the script ends.
@Suite struct ScriptTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/language")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".lancet") }.sorted()
    }()

    @Test func thereAreEnoughScripts() { #expect(Self.names.count >= 40) }

    @Test(arguments: names) func aScriptDoesWhatItSays(_ name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        var expected: [String] = []
        var expectedError: String?
        for line in text.split(separator: "\n") {
            if let range = line.firstRange(of: "# expect: ") { expected.append(String(line[range.upperBound...])) }
            if let range = line.firstRange(of: "# expect error: ") { expectedError = String(line[range.upperBound...]) }
        }
        let host = ToyHost()
        host.files = ["twice.lancet": "def twice x { x * 2 }", "self.lancet": "include \"self.lancet\""]
        let interpreter = Interpreter(host: host)
        interpreter.set("m", to: .object(ToyModel()))
        interpreter.set("clean", to: .object(ToyVector(values: [1, 2, 3])))
        interpreter.set("corrupt", to: .object(ToyVector(values: [0, 0, 1])))
        let diagnostics = interpreter.run(SourceText(text))
        #expect(host.output == expected)
        #expect(diagnostics.first.map { "\($0.code) \($0.message)" } == expectedError)
    }
}
