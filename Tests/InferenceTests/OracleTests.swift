import Inference
import Kernels
import Tensors
import TestSupport
import Testing

/// Logits, choices of experts and every site against transformers, for each tiny model from each container.
struct OracleTests {
    static let names = Fixtures.oracleNames + ["teach-gptoss", "teach-qwen3moe"]

    @Test(arguments: names)
    func logitsEqualTransformers(name: String) throws {
        let golden = try Golden(name)
        let theirs = try #require(golden.values("logits"))
        let paths = Parity.paths(name)
        try #require(!paths.isEmpty)
        for path in paths {
            let model = try Parity.model(path)
            let ours = try Parity.engine.run(model, tokens: golden.tokens).logits.values
            #expect(Parity.distance(ours, theirs) < Parity.bound, "\(path)")
            let width = model.blueprint.vocabularyCount
            #expect(Parity.argmax(ours, width: width) == Parity.argmax(theirs, width: width), "\(path)")
        }
    }

    /// So many rows that AVX2 and portable code turn them, for the experts too; every variant against the same truth.
    @Test(arguments: ["teach-gptoss", "teach-qwen3moe"])
    func logitsOfManyRowsEqualTransformersInEveryVariant(name: String) throws {
        let golden = try Golden(name)
        let theirs = try #require(golden.values("logits"))
        let model = try Parity.model(try #require(Parity.paths(name).first))
        let copies = 5
        let sequences = Array(repeating: golden.tokens, count: copies)
        let request = ScanRequest(sequences: sequences) { Array(sequences[$0].indices) }
        let results = try KernelVariant.available.filter(\.hasAllKernels).map { variant in
            var logits: [[Float]] = Array(repeating: [], count: copies)
            try Engine(compute: Compute(threads: 2, variant: variant)).scan(model, request) { block in
                for row in 0..<block.rowCount { logits[block.sequences[row]] += block[row] }
            }
            for copy in logits { #expect(Parity.distance(copy, theirs) < Parity.bound, "\(variant)") }
            return logits.map { $0.map(\.bitPattern) }
        }
        #expect(Set(results.joined()).count == 1)
    }

    @Test(arguments: names)
    func everySiteEqualsTransformers(name: String) throws {
        let golden = try Golden(name)
        for path in Parity.paths(name) {
            let run = try Parity.engine.run(try Parity.model(path), tokens: golden.tokens)
            for key in golden.names where key != "tokens" && !key.hasPrefix("logits") {
                let site = try #require(Site(named: key), "\(key)")
                if site.kind == .expertIndices {
                    let ours = try run.value(of: site).values.map { Int($0) }
                    #expect(ours == golden.integers(key), "\(path) \(key)")
                } else if site.expert != nil {
                    try compareRouted(run, site, golden, path)
                } else {
                    let distance = Parity.distance(try run.value(of: site).values, golden.values(key) ?? [])
                    #expect(distance < Parity.bound, "\(path) \(key)")
                }
            }
        }
    }

    @Test func everyKindOfSiteIsHeldAgainstTransformers() throws {
        let seen = try Set(Self.names.flatMap { try Golden($0).names.compactMap { Site(named: $0)?.kind } })
        #expect(seen == Set(SiteKind.allCases))
    }

    /// Rows of queries and keys that a GGUF interleaves give the same sums in another order.
    @Test(arguments: [
        "llama-plain", "llama-biased", "llama-stretched", "mixtral-plain", "mistral-plain", "olmoe-plain",
    ])
    func bothContainersGiveTheSameBits(name: String) throws {
        let tokens = try Golden(name).tokens
        let runs = try Parity.paths(name).map { try Parity.engine.run(try Parity.model($0), tokens: tokens) }
        try #require(runs.count == 2)
        #expect(runs[0].logits.values.map(\.bitPattern) == runs[1].logits.values.map(\.bitPattern))
        for kind in [SiteKind.query, .key, .rotatedQuery, .rotatedKey] {
            let values = try runs.map { try $0.value(of: Site(kind, layer: 1)).values.map(\.bitPattern) }
            #expect(values[0] == values[1])
        }
    }

    /// The reference knows every expert's value at every position; a run has it where the expert was chosen.
    private func compareRouted(_ run: Run, _ site: Site, _ golden: Golden, _ path: String) throws {
        let theirs = try #require(golden.values(site.name))
        let chosen = golden.integers(Site(.expertIndices, layer: site.layer).name)
        let slots = chosen.count / run.tokens.count
        let rows = run.tokens.indices.filter { chosen[$0 * slots..<($0 + 1) * slots].contains(site.expert ?? -1) }
        guard !rows.isEmpty else {
            #expect(throws: InferenceError.self) { try run.value(of: site) }
            return
        }
        let ours = try run.value(of: site)
        let width = ours.shape[1]
        let pick = { (values: [Float]) in rows.flatMap { values[$0 * width..<($0 + 1) * width] } }
        #expect(Parity.distance(pick(ours.values), pick(theirs)) < Parity.bound, "\(path) \(site.name)")
        let silent = run.tokens.indices.filter { !rows.contains($0) }
        #expect(silent.allSatisfy { ours.values[$0 * width].isNaN })
    }
}
