import Formats
import Inference
import Kernels
import Storage
import Tensors
import TestSupport
import Testing

/// What `fast` changes, and what it must not.
struct FastPrecisionTests {
    @Test func weightsOfSingleNumbersAreMultipliedExactly() throws {
        let path = try #require(Parity.paths("qwen3moe-plain").first { $0.hasSuffix(".gguf") })
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 20, seed: 1)
        let exact = try LawTests.engine(.exact).run(model, tokens: tokens)
        let fast = try LawTests.engine(.fast).run(model, tokens: tokens)
        let areNumbers = model.tensors.values.allSatisfy { $0.format.blockLength == 1 }
        #expect((exact.logits.values == fast.logits.values) == areNumbers)
    }

    /// The fixtures' folders for which there is a simulation: quantized oracles and packings.
    static let simulated = ["oracles", "packed"].flatMap { parent in
        Fixtures.folders(in: parent).map { parent + "/" + $0 }
    }.filter { FileIdentity(path: Fixtures.path($0 + "/fast.safetensors")) != nil }

    /// Logits at every position are those of a simulation in transformers (`Scripts/make-fast-goldens.py`), from every
    /// container.
    ///
    /// Its tokens keep every coded value 3e-4 of a code away from a tie, some thirty times what float32 moves it, so the
    /// codes are the same and only sums in float32 differ, by up to 4e-7 of the range.
    @Test(arguments: simulated)
    func logitsEqualTheSimulation(folder: String) throws {
        let simulation = try Simulation(folder)
        for path in Self.paths(folder) {
            let ours = try simulation.run(path).logits.values
            #expect(Parity.distance(ours, simulation.logits) < Self.bound, "\(path)")
        }
    }

    /// The bound tells this precision from its neighbours: other widths of a block, other steps, and codes where there
    /// are none.
    @Test(arguments: simulated)
    func aPrecisionDefinedOtherwiseExceedsTheBoundAHundredfold(folder: String) throws {
        let simulation = try Simulation(folder)
        let run = try simulation.run(try #require(Self.paths(folder).first))
        let ours = run.logits(at: [simulation.tokens.count - 1]).values
        #expect(simulation.mistakes.count >= 4)
        for (mistake, logits) in simulation.mistakes {
            #expect(Parity.distance(ours, logits) > 100 * Self.bound, "\(folder) \(mistake)")
        }
    }

    @Test func theSimulationCoversBothTeachingFamiliesAndManyFormats() throws {
        let models = try Self.simulated.map { try Parity.model(try #require(Self.paths($0).first)) }
        #expect(Set(models.map(\.blueprint.family)).isSuperset(of: ["gpt-oss", "qwen3moe"]))
        let wanted = """
            bf16 f16 iq4_nl iq4_xs mxfp4 q2_k q3_k q4_0 q4_1 q4_k q5_0 q5_1 q5_k q6_k q8_0 \
            awq-g32 gptq3-g32 w4a16-g32 w4a16-g32-asym w4a8-g32 w8a8
            """
        let formats = Set(models.flatMap { $0.tensors.values.map(\.formatName) })
        #expect(formats.isSuperset(of: wanted.split(separator: " ").map(String.init)), "\(formats)")
    }

    /// A folder's checkpoints.
    private static func paths(_ folder: String) -> [String] {
        folder.hasPrefix("oracles/") ? Parity.paths(String(folder.dropFirst(8))) : [Fixtures.path(folder)]
    }

    /// The largest allowed difference, as a share of the range.
    private static let bound: Float = 5e-6

    @Test func whatIsDerivedFromARunIsComputedAsTheRunWas() throws {
        let path = try #require(Parity.paths("gptoss-q8_0").last)
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 24, seed: 3)
        let (exact, fast) = (LawTests.engine(.exact), LawTests.engine(.fast))
        let base = try fast.run(model, tokens: tokens)
        #expect(base.arithmetic.name == "fast")
        let variants = try LawTests.variants(model, base)
        var expected: [[UInt32]] = Array(repeating: [], count: variants.count)
        try fast.sweep(base, variants: variants, logitsAt: [23]) {
            expected[$0.index] = $0.logits.values.map(\.bitPattern)
        }
        try exact.sweep(base, variants: variants, logitsAt: [23]) {
            #expect($0.logits.values.map(\.bitPattern) == expected[$0.index])
        }
    }
}

/// What transformers gives where products are those of `fast`, and what they would be were it defined otherwise.
private struct Simulation {
    let tokens: [Int]
    let logits: [Float]
    /// Logits at the last position, by mistake.
    let mistakes: [String: [Float]]

    init(_ folder: String) throws {
        let source = try MappedFile(path: Fixtures.path(folder + "/fast.safetensors"))
        let entries = try SafetensorsReader.read(source, name: folder).tensors
        let byName = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
        let ids = try #require(byName["tokens"])
        tokens = ids.withBytes { bytes in
            (0..<ids.elementCount).map { Int(bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)) }
        }
        logits = try #require(byName["logits"]?.floats())
        mistakes = byName.filter { $0.key.hasPrefix("logits.") }.compactMapValues { $0.floats() }
    }

    func run(_ path: String) throws -> Run {
        try LawTests.engine(.fast).run(try Parity.model(path), tokens: tokens)
    }
}
