import Architectures
import Documents
import Foundation
import Inference
import Kernels
import Scoring
import TestSupport
import Tokenizers

/// One of the two teaching models with its texts as token ids and the figures that PyTorch measured on it.
public struct TeachingModel: Sendable {
    /// `gptoss` or `qwen3moe`.
    public let name: String
    public let model: Model
    public let engine: Engine
    public let tokenizer: any Tokenizer
    /// `examples/models/metrics-NAME.json`.
    public let figures: JSON

    public static let names = ["gptoss", "qwen3moe"]

    /// - Throws: what reading the files throws.
    public init(_ name: String) throws {
        self.name = name
        let checkpoint = try Checkpoint.open(Fixtures.teachingModelPath("teach-\(name)-bf16.gguf"))
        model = checkpoint.model
        tokenizer = try checkpoint.tokenizer()
        engine = Engine(compute: Compute(threads: 2))
        figures = try JSON(parsing: Self.bytes("metrics-\(name).json"))
    }

    /// Whether to check every figure rather than a selection that takes seconds.
    public static let checksAll = ProcessInfo.processInfo.environment["LANCET_ALL_FIGURES"] != nil

    /// The ids of a text, without marks around it.
    public func ids(_ text: String) -> [Int] {
        tokenizer.encode(text, parsingSpecialTokens: true, addingBoundary: false)
    }

    /// A held-out text in windows: of one family, or the mixture.
    public func windows(_ family: String? = nil, length: Int = 512) throws -> TokenCorpus {
        let file = family.map { "heldout-\($0).txt" } ?? "heldout.txt"
        let text = String(decoding: try Self.bytes(file), as: UTF8.self)
        return try TokenCorpus(name: file, text: ids(text), windowLength: length, family: family)
    }

    /// The families in the order of the figures.
    public var families: [String] {
        (figures["routing"]?["families"]?.asArray ?? []).compactMap(\.asString)
    }

    /// The first windows of every family's text.
    public func familyWindows(_ count: Int? = nil) throws -> TokenCorpus {
        let parts = try families.map { family in
            let whole = try windows(family)
            return try whole.sliced(to: count)
        }
        return TokenCorpus(name: "families", joining: parts)
    }

    /// The trace over the first twelve windows of every family, made once.
    public func routes() throws -> Routes {
        try (name == Self.names[0] ? Self.firstRoutes : Self.secondRoutes).get()
    }

    private static let firstRoutes = Result { try TeachingModel(names[0]).traced() }
    private static let secondRoutes = Result { try TeachingModel(names[1]).traced() }

    private func traced() throws -> Routes { try Routes.trace(model, over: familyWindows(12), engine: engine) }

    /// The 1,300 questions.
    public func questions() throws -> TokenCorpus {
        let lines = String(decoding: try Self.bytes("errbench.jsonl"), as: UTF8.self).split(separator: "\n")
        let items = try lines.map { line in
            let value = try JSON(parsing: Array(line.utf8))
            func tokens(_ key: String) -> [Int]? { value[key]?.asString.map(ids) }
            return TokenItem(
                tokens: tokens("prompt") ?? [], family: value["family"]?.asString, variant: value["variant"]?.asString,
                answer: tokens("answer"), wrong: tokens("wrong"), corrupt: tokens("corrupt"),
                accepted: value["accept"]?.asArray?.compactMap(\.asString).compactMap { ids($0).first })
        }
        return TokenCorpus(name: "errbench", items: items)
    }

    private static func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.teachingModelPath(file))))
    }
}

/// Printed figures.
public enum Figure {
    /// Whether a value is the one printed with so many decimals.
    ///
    /// Float32 sums in another order differ by up to a twentieth of the last digit, which may tip a rounding.
    public static func isPrinted(_ value: Double, as printed: Double?, decimals: Int) -> Bool {
        guard let printed else { return false }
        return abs(value - printed) <= 0.55 * pow(10, -Double(decimals))
    }

    /// How far off it is, in units of the last decimal.
    public static func distance(_ value: Double, _ printed: Double?, decimals: Int) -> Double {
        abs(value - (printed ?? .nan)) * pow(10, Double(decimals))
    }
}

extension JSON {
    /// A table's row as numbers.
    public var numbers: [Double] { (asArray ?? []).compactMap(\.asDouble) }
}
