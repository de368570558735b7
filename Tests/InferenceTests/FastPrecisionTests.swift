import Formats
import Inference
import Kernels
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

    /// Eight bits an activation move logits a little, and only where weights are blocks.
    @Test(arguments: ["gptoss-mxfp4", "gptoss-q8_0"].compactMap { Parity.paths($0).last })
    func blocksAreMultipliedWithCodedVectors(path: String) throws {
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 20, seed: 2)
        let exact = try LawTests.engine(.exact).run(model, tokens: tokens).logits.values
        let fast = try LawTests.engine(.fast).run(model, tokens: tokens).logits.values
        let range = (exact.max() ?? 0) - (exact.min() ?? 0)
        let distance = zip(exact, fast).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
        #expect(distance > 0 && distance < 0.1 * range)
    }

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
