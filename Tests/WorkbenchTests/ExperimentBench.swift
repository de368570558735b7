import Documents
import Foundation
import Language
import Plots
import TestSupport
import Workbench

/// What a session wrote, kept in memory.
final class ExperimentOutput: SessionOutput {
    var textOptions = TextOptions(width: 100)
    private(set) var written: [String] = []
    private(set) var streamed: [String] = []
    private(set) var notices: [String] = []
    /// Called with each report of progress.
    var onProgress: (Workbench.Progress) -> Void = { _ in }
    /// Called with each streamed piece.
    var onStream: (String) -> Void = { _ in }

    func write(_ text: String) { written.append(text) }

    func stream(_ text: String) {
        streamed.append(text)
        onStream(text)
    }

    func notice(_ text: String) { notices.append(text) }

    func progress(_ state: Workbench.Progress?) {
        if let state { onProgress(state) }
    }
}

/// A session with a teaching model in `m`, runs of the two prompts in `clean` and `corrupt`, and the questions in `bench`.
struct ExperimentBench {
    let session: Session
    let output = ExperimentOutput()
    /// An empty folder that paths start from; the repository's `examples` is in it.
    let folder: URL

    static let models = ["gptoss", "qwen3moe"]

    init(_ model: String? = "gptoss", settings: Settings = Settings(threads: 2)) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "lancet-experiments-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("examples"),
            withDestinationURL: RepositoryRoot.url.appendingPathComponent("examples"))
        session = Session(output: output, settings: settings)
        session.folder = folder.path
        guard let model else { return }
        let failures = run(
            """
            m = open "examples/models/teach-\(model)-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            corrupt = run m "When Mary and John went to the store, Mary gave a drink to"
            ld = logit-diff " Mary" " John"
            bench = corpus "examples/models/errbench.jsonl"
            """)
        if let failure = failures.first { throw BenchError(text: failure.message) }
    }

    struct BenchError: Error { let text: String }

    @discardableResult
    func run(_ script: String) -> [Diagnostic] { session.run(SourceText(script)) }

    /// The value of an expression.
    func value(_ expression: String) throws -> Value {
        let failures = run("answer = \(expression)")
        if let failure = failures.first { throw BenchError(text: "\(expression): \(failure.message)") }
        return session.interpreter.value(of: "answer") ?? .nothing
    }

    /// The number that an expression counts as.
    func number(_ expression: String) throws -> Double {
        let value = try value(expression)
        if case .number(let number) = value { return number.value }
        guard case .object(let object) = value, let number = object.number else {
            throw BenchError(text: "\(expression) is \(value.kindName)")
        }
        return number.value
    }

    /// The array that an expression gives.
    func tensor(_ expression: String) throws -> TensorValue {
        guard case .object(let object) = try value(expression), let tensor = object as? TensorValue else {
            throw BenchError(text: "\(expression) is no array")
        }
        return tensor
    }

    /// What a failing script says: code, message and help.
    func failure(_ script: String) -> String {
        run(script).map { "\($0.code): \($0.message) | \($0.help ?? "")" }.joined(separator: "\n")
    }

    /// A file that a script wrote.
    func file(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: folder.appendingPathComponent(name).path).map { [UInt8]($0) }
    }

    /// The digest of every variable.
    var state: [String] {
        session.interpreter.variables.map { "\($0.name) \(ValueDigest.of($0.value))" }.sorted()
    }

    /// What other programs computed: `Scripts/make-experiment-goldens.py`.
    static func golden(_ model: String) throws -> JSON {
        try JSON(parsing: [UInt8](Fixtures.data("experiments.json")))[model] ?? .null
    }

    /// Edits run by hooks in PyTorch: `Scripts/make-teaching-oracles.py`.
    static func interventions(_ model: String) throws -> JSON {
        try JSON(parsing: [UInt8](Fixtures.data("oracles/teach-\(model)/interventions.json")))
    }

    /// PyTorch's figures of single heads.
    static func headFigures(_ model: String, _ family: String) throws -> JSON {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.teachingModelPath("metrics-\(model).json")))
        return try JSON(parsing: [UInt8](bytes))["heads"]?[family] ?? .null
    }
}
