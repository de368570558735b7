import Inference
import Kernels
import Tensors
import TestSupport
import Testing

/// What every run keeps to, bit for bit, whatever keys and values are kept in.
struct CacheLawTests {
    static let paths =
        ["gptoss-yarn", "gptoss-top1", "mistral-windowed", "qwen3moe-dense-layers"]
        .compactMap { Parity.paths($0).last }

    static let rules: [CacheRule] =
        CacheType.allCases.map { CacheRule(CacheSteps($0)) } + [
            CacheRule(steps([.q8_0, .q4_0, .f32], [5, 21])),
            CacheRule(full: steps([.f32, .fp8], [17]), windowed: steps([.f16, .q4_0, .q8_0], [3, 6])),
        ]

    static func steps(_ types: [CacheType], _ ends: [Int]) -> CacheSteps {
        guard let steps = CacheSteps(types: types, ends: ends) else { preconditionFailure("no steps") }
        return steps
    }

    private func engine(_ rule: CacheRule, threads: Int = 2, variant: KernelVariant = .best) -> Engine {
        Engine(compute: Compute(threads: threads, variant: variant), arithmetic: Arithmetic(cache: rule))
    }

    private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

    @Test(arguments: paths, rules)
    func cachedEqualsRecomputedHoweverASequenceIsCut(path: String, rule: CacheRule) throws {
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 90, seed: 3)
        let engine = engine(rule)
        let whole = try engine.run(model, tokens: tokens).logits
        let width = model.blueprint.vocabularyCount
        for start in [1, 4, 20, 70] {
            var continuation = try Continuation(engine, model: model, prompt: Array(tokens.prefix(start)))
            for end in start...tokens.count {
                if end > start { try continuation.append(tokens[end - 1]) }
                let row = whole.values[(end - 1) * width..<end * width]
                #expect(bits(continuation.logits) == bits(Array(row)), "cut at \(start), position \(end - 1)")
            }
        }
    }

    @Test(arguments: paths, rules)
    func threadsVariantsAndBatchesChangeNoBit(path: String, rule: CacheRule) throws {
        let model = try Parity.model(path)
        let sequences = (0..<4).map { LawTests.tokens(model, 9 + 23 * $0, seed: $0) }
        let expected = try sequences.map { bits(try engine(rule).run(model, tokens: $0).logits.values) }
        for variant in KernelVariant.available where variant.hasAllKernels {
            for threads in [1, 3] {
                var batched: [[UInt32]] = Array(repeating: [], count: sequences.count)
                let request = ScanRequest(sequences: sequences) { Array(sequences[$0].indices) }
                try engine(rule, threads: threads, variant: variant).scan(model, request) { block in
                    for row in 0..<block.rowCount { batched[block.sequences[row]] += block[row].map(\.bitPattern) }
                }
                #expect(batched == expected, "\(variant), \(threads) threads")
            }
        }
    }

    @Test(arguments: paths, rules)
    func aSweepEqualsFullRunsInTheRunsOwnArithmetic(path: String, rule: CacheRule) throws {
        let model = try Parity.model(path)
        let engine = engine(rule)
        let tokens = LawTests.tokens(model, 24, seed: 5)
        let base = try engine.run(model, tokens: tokens)
        let other = try engine.run(model, tokens: LawTests.tokens(model, 24, seed: 6))
        let variants = try LawTests.variants(model, other)
        // An engine of another arithmetic goes by the run.
        try Parity.engine.sweep(base, variants: variants, logitsAt: [20, 23]) { outcome in
            let full = try engine.run(model, tokens: tokens, interventions: variants[outcome.index])
            #expect(
                bits(outcome.logits.values) == bits(full.logits(at: [20, 23]).values),
                "\(variants[outcome.index].map(\.site.name))")
        }
    }

    @Test(arguments: paths, rules)
    func everySiteIsTheSameInARunAndInWhatComesOfPatchingItBack(path: String, rule: CacheRule) throws {
        let model = try Parity.model(path)
        let engine = engine(rule)
        let tokens = LawTests.tokens(model, 24, seed: 7)
        let base = try engine.run(model, tokens: tokens)
        let again = try self.engine(rule, threads: 1, variant: .portable).run(model, tokens: tokens)
        for variant in try LawTests.variants(model, base) where variant.allSatisfy(\.isReplacement) {
            let run = try engine.run(model, tokens: tokens, interventions: variant)
            #expect(bits(run.logits.values) == bits(base.logits.values), "\(variant.map(\.site.name))")
            for site in variant.map(\.site) {
                #expect(bits(try base.value(of: site).values) == bits(try again.value(of: site).values), "\(site.name)")
            }
        }
    }

    @Test(arguments: paths)
    func everyTypeChangesLogitsAndFewBitsChangeThemMore(path: String) throws {
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 60, seed: 8)
        let plain = try Parity.engine.run(model, tokens: tokens).logits.values
        let range = (plain.max() ?? 0) - (plain.min() ?? 0)
        let distances = try CacheType.allCases.map { type in
            let logits = try engine(CacheRule(CacheSteps(type))).run(model, tokens: tokens).logits.values
            return zip(plain, logits).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(plain.count) / range
        }
        #expect(distances[0] == 0)
        // f32, f16, q8_0, fp8, q4_0: each coarser than the one before.
        for (finer, coarser) in zip(distances, distances.dropFirst()) { #expect(finer < coarser) }
        #expect(distances[1] < 1e-3)
    }

    @Test(arguments: paths, rules)
    func aCacheHoldsWhatIsForetoldAndOfWindowsNoMore(path: String, rule: CacheRule) throws {
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 90, seed: 9)
        for count in [1, 5, 6, 30, 90] {
            let prompt = Array(tokens.prefix(count))
            let continuation = try Continuation(engine(rule), model: model, prompt: prompt)
            let foretold = KeyValueCache.byteCounts(model.blueprint, rule, positions: count)
            #expect(continuation.cache.byteCounts == foretold)
            var stepwise = try Continuation(
                engine(rule), model: model, prompt: Array(prompt.prefix(1)), capacity: count)
            for token in prompt.dropFirst() { try stepwise.append(token) }
            #expect(stepwise.cache.byteCounts == foretold)
            var growing = try Continuation(engine(rule), model: model, prompt: Array(prompt.prefix(1)))
            for token in prompt.dropFirst() { try growing.append(token) }
            #expect(growing.cache.byteCount <= 2 * foretold.reduce(0, +))
        }
        for (layer, bytes) in model.blueprint.layers.enumerated().map({ ($1, $0) }) {
            guard let window = layer.window else { continue }
            let most = rule.windowed.types.reduce(0) { max($0, $1.byteCount(channels: model.blueprint.headDimension)) }
            let held = KeyValueCache.byteCounts(model.blueprint, rule, positions: 1_000_000)[bytes]
            #expect(held <= 2 * window * model.blueprint.keyValueHeadCount * most)
        }
    }

    @Test(arguments: rules)
    func copiesOfAContinuationGoOnByThemselves(rule: CacheRule) throws {
        let model = try Parity.model(Self.paths[0])
        let engine = engine(rule)
        let tokens = LawTests.tokens(model, 60, seed: 10)
        let first = try Continuation(engine, model: model, prompt: Array(tokens.prefix(30)))
        var (one, other) = (first, first)
        for (a, b) in zip(tokens[30...], tokens[30...].reversed()) {
            try one.append(a)
            try other.append(b)
        }
        for continuation in [one, other] {
            let whole = try engine.run(model, tokens: continuation.tokens)
            #expect(bits(continuation.logits) == bits(whole.logits(at: [59]).values))
        }
    }

    @Test func stepsAreWrittenAsTheyAreSet() {
        #expect("\(Self.rules[5])" == "q8_0 until 5 then q4_0 until 21 then f32")
        #expect("\(Self.rules[6])" == "full f32 until 17 then fp8 windowed f16 until 3 then q4_0 until 6 then q8_0")
        #expect(Arithmetic(cache: Self.rules[1]).name == "exact · kv f16")
        #expect(Arithmetic().name == "exact")
        #expect(CacheSteps(types: [.f16, .q4_0], ends: [0]) == nil)
        #expect(CacheSteps(types: [.f16, .q4_0, .f32], ends: [9, 9]) == nil)
        #expect(CacheSteps(types: [.f16], ends: [9]) == nil)
    }
}
