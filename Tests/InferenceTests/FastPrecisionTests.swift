import Documents
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

    static let simulated = Fixtures.oracleNames.filter {
        FileIdentity(path: Fixtures.path("oracles/\($0)/fast.safetensors")) != nil
    }

    /// Logits at every position are those of a simulation in transformers (`Scripts/make-fast-goldens.py`), from every
    /// container.
    ///
    /// Its tokens keep every coded value 3e-4 of a code away from a tie, some thirty times what float32 moves it, so the
    /// codes are the same and only sums in float32 differ, by up to 4e-7 of the range.
    @Test(arguments: simulated)
    func logitsEqualTheSimulation(name: String) throws {
        let golden = try Golden(name, file: "fast")
        let theirs = try #require(golden.values("logits"))
        for path in Parity.paths(name) {
            let ours = try LawTests.engine(.fast).run(try Parity.model(path), tokens: golden.tokens).logits.values
            #expect(Parity.distance(ours, theirs) < Self.bound, "\(path)")
        }
    }

    /// The bound tells this precision from its neighbours: other widths of a block, other steps, and codes where there
    /// are none.
    @Test(arguments: simulated)
    func aPrecisionDefinedOtherwiseExceedsTheBoundAHundredfold(name: String) throws {
        let golden = try Golden(name, file: "fast")
        let path = try #require(Parity.paths(name).first)
        let run = try LawTests.engine(.fast).run(try Parity.model(path), tokens: golden.tokens)
        let ours = run.logits(at: [golden.tokens.count - 1]).values
        let mistakes = golden.names.filter { $0.hasPrefix("logits.") }
        #expect(mistakes.count >= 4)
        for mistake in mistakes {
            #expect(
                Parity.distance(ours, try #require(golden.values(mistake))) > 100 * Self.bound, "\(name) \(mistake)")
        }
    }

    @Test func theSimulationCoversBothTeachingFamiliesAndManyFormats() throws {
        let families = Set(try Self.simulated.map { try Golden($0).facts["family"]?.asString })
        #expect(families.isSuperset(of: ["gpt-oss", "qwen3moe"]))
        let formats = try Self.simulated.flatMap { name in
            try Parity.model(try #require(Parity.paths(name).first)).tensors.values.map(\.format.name)
        }
        let wanted = """
            bf16 f16 iq4_nl iq4_xs mxfp4 q2_k q3_k q4_0 q4_1 q4_k q5_0 q5_1 q5_k q6_k q8_0
            """
        #expect(Set(formats).isSuperset(of: wanted.split(separator: " ").map(String.init)))
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
