import Inference
import Kernels
import Tensors
import TestSupport
import Testing

/// What every run keeps to, bit for bit.
struct LawTests {
    static let paths =
        ["gptoss-yarn", "gptoss-mxfp4", "gptoss-q8_0", "qwen3moe-dense-layers", "qwen3moe-mixed-blocks"]
        .compactMap { Parity.paths($0).last }
        + ["qwen2moe-plain", "olmoe-plain", "mixtral-plain", "llama-stretched"].compactMap { Parity.paths($0).first }

    static func engine(_ precision: Precision, threads: Int = 2) -> Engine {
        Engine(compute: Compute(threads: threads), arithmetic: Arithmetic(precision: precision))
    }

    @Test(arguments: paths, Precision.allCases)
    func threadsChangeNoBit(path: String, precision: Precision) throws {
        let model = try Parity.model(path)
        let tokens = Self.tokens(model, 40, seed: 1)
        let one = try Self.engine(precision, threads: 1).run(model, tokens: tokens)
        let three = try Self.engine(precision, threads: 3).run(model, tokens: tokens)
        #expect(one.logits.values.map(\.bitPattern) == three.logits.values.map(\.bitPattern))
    }

    @Test(arguments: paths, Precision.allCases)
    func aBatchEqualsOneByOne(path: String, precision: Precision) throws {
        let engine = Self.engine(precision)
        let model = try Parity.model(path)
        let sequences = (0..<5).map { Self.tokens(model, 7 + 11 * $0, seed: $0) }
        var batched: [[UInt32]] = Array(repeating: [], count: sequences.count)
        let request = ScanRequest(sequences: sequences) { Array(sequences[$0].indices) }
        try engine.scan(model, request) { block in
            for row in 0..<block.rowCount { batched[block.sequences[row]] += block[row].map(\.bitPattern) }
        }
        for (sequence, bits) in zip(sequences, batched) {
            #expect(try engine.run(model, tokens: sequence).logits.values.map(\.bitPattern) == bits)
        }
    }

    @Test func aModelRunsWhatItWasLastMadeOf() throws {
        let engine = Self.engine(.exact)
        let whole = try Parity.model(try #require(Parity.paths("qwen3moe-mixed-blocks").last))
        let tokens = Self.tokens(whole, 40, seed: 2)
        func bits(_ model: Model) throws -> [UInt32] {
            try engine.run(model, tokens: tokens).logits.values.map(\.bitPattern)
        }
        let before = try bits(whole)
        let layer = try #require(whole.blueprint.expertLayers.first)
        var edited = whole
        let (first, second) = (Role(.down, layer: layer, expert: 0), Role(.down, layer: layer, expert: 1))
        edited.tensors[first] = whole.tensors[second]
        edited.tensors[second] = whole.tensors[first]
        #expect(try bits(edited) != before)
        #expect(try bits(whole) == before)
        edited.tensors = whole.tensors
        #expect(try bits(edited) == before)
    }

    @Test(arguments: paths, Precision.allCases)
    func cachedContinuationEqualsAWholeRun(path: String, precision: Precision) throws {
        let engine = Self.engine(precision)
        let model = try Parity.model(path)
        let tokens = Self.tokens(model, 30, seed: 3)
        var continuation = try Continuation(engine, model: model, prompt: Array(tokens.prefix(9)))
        for token in tokens.dropFirst(9) { try continuation.append(token) }
        let whole = try engine.run(model, tokens: tokens).logits(at: [tokens.count - 1])
        #expect(continuation.logits.map(\.bitPattern) == whole.values.map(\.bitPattern))
    }

    @Test(arguments: paths, Precision.allCases)
    func everyKernelVariantGivesTheSameBits(path: String, precision: Precision) throws {
        let engine = Self.engine(precision)
        let model = try Parity.model(path)
        let tokens = Self.tokens(model, 20, seed: 4)
        let bits = try KernelVariant.available.map { variant in
            let engine = Engine(compute: Compute(threads: 2, variant: variant), arithmetic: engine.arithmetic)
            return try engine.run(model, tokens: tokens).logits.values.map(\.bitPattern)
        }
        #expect(Set(bits).count == 1)
    }

    @Test(arguments: paths, Precision.allCases)
    func aSweepEqualsFullRuns(path: String, precision: Precision) throws {
        let engine = Self.engine(precision)
        let model = try Parity.model(path)
        let tokens = Self.tokens(model, 24, seed: 5)
        let base = try engine.run(model, tokens: tokens)
        let other = try engine.run(model, tokens: Self.tokens(model, 24, seed: 6))
        let variants = try Self.variants(model, other)
        let positions = [20, 23]
        var seen = 0
        try engine.sweep(base, variants: variants, logitsAt: positions) { outcome in
            let full = try engine.run(model, tokens: tokens, interventions: variants[outcome.index])
            #expect(
                outcome.logits.values.map(\.bitPattern) == full.logits(at: positions).values.map(\.bitPattern),
                "\(variants[outcome.index].map(\.site.name))")
            #expect(outcome.fired == full.fired)
            seen += 1
        }
        #expect(seen == variants.count)
    }

    @Test(arguments: paths, Precision.allCases)
    func patchingARunWithItselfChangesNoBit(path: String, precision: Precision) throws {
        let engine = Self.engine(precision)
        let model = try Parity.model(path)
        let tokens = Self.tokens(model, 24, seed: 7)
        let base = try engine.run(model, tokens: tokens)
        let expected = base.logits.values.map(\.bitPattern)
        for variant in try Self.variants(model, base) where variant.allSatisfy(\.isReplacement) {
            let run = try engine.run(model, tokens: tokens, interventions: variant)
            #expect(run.logits.values.map(\.bitPattern) == expected, "\(variant.map(\.site.name))")
        }
    }

    /// Interventions at every patchable site of a middle layer, whole and in part, at all and at some positions.
    static func variants(_ model: Model, _ source: Run) throws -> [[Intervention]] {
        var variants: [[Intervention]] = [[]]
        let layer = model.blueprint.layers.count / 2
        for row in Sites.all where row.isPatchable {
            let layered = row.name.contains("{l}") ? layer : nil
            let expert = row.name.contains("{e}") ? try chosenExpert(source, layer) : nil
            let site = Site(row.kind, layer: layered, expert: expert)
            guard (try? model.blueprint.check(site)) != nil, !(row.name.contains("{e}") && expert == nil) else {
                continue
            }
            let value = try source.value(of: site)
            for positions in [nil, [5, 17]] as [[Int]?] {
                variants.append([Intervention(site: site, positions: positions, action: .replace(value))])
                variants.append([Intervention(site: site, positions: positions, action: .zero)])
            }
        }
        variants.append(variants[3] + variants[variants.count - 1])
        return variants
    }

    private static func chosenExpert(_ run: Run, _ layer: Int) throws -> Int? {
        guard run.model.blueprint.layers[layer].expertCount > 0 else { return nil }
        return Int(try run.value(of: Site(.expertIndices, layer: layer)).values[0])
    }

    static func tokens(_ model: Model, _ count: Int, seed: Int) -> [Int] {
        let random = KeyedRandom(seed: UInt64(seed), purpose: "tokens")
        return (0..<count).map { random.index(below: model.blueprint.vocabularyCount, $0) }
    }
}

extension Intervention {
    var isReplacement: Bool { if case .replace = action { true } else { false } }
}
