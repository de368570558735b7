import Inference
import Kernels
import Scoring
import Surgery
import Tensors
import Testing

struct AblationTests {
    @Test(arguments: TinyModel.names)
    func meansAreMeansOfTheSitesValues(name: String) throws {
        let tiny = try TinyModel(name)
        let corpus = try tiny.corpus()
        let layer = tiny.blueprint.expertLayers[0]
        let targets = [
            try Target.expert(0, layer: layer, of: tiny.blueprint),
            try Target(Site(.expertPost, layer: layer, expert: 0), of: tiny.blueprint),
            try Target(Site(.attnOut, layer: layer), of: tiny.blueprint),
            try Target.head(1, layer: layer, of: tiny.blueprint),
        ]
        let pool = try ActivationPool.gather(
            targets, of: tiny.model, over: corpus, keepsRows: false, engine: tiny.engine)
        let changes = try Ablation.interventions(targets, with: .mean(pool), of: tiny.model, length: 16)
        for (target, change) in zip(targets, changes) {
            guard case .constant(let mean) = change.action else {
                Issue.record("a mean is a constant")
                continue
            }
            var (sums, count) = (mean.map { _ in 0.0 }, 0)
            for item in corpus.items {
                guard let value = try? tiny.engine.run(tiny.model, tokens: item.tokens).value(of: target.site) else {
                    continue
                }
                for row in 0..<value.shape[0] {
                    var row = value[first: row].values
                    if case .heads(let heads) = target.part {
                        row = heads.flatMap {
                            row[$0 * tiny.blueprint.headDimension..<($0 + 1) * tiny.blueprint.headDimension]
                        }
                    }
                    guard !row[0].isNaN else { continue }
                    count += 1
                    for element in row.indices { sums[element] += Double(row[element]) }
                }
            }
            #expect(count == pool.count(of: target.site))
            #expect(zip(mean, sums).allSatisfy { abs(Double($0) - $1 / Double(count)) <= 1e-6 * max(1, abs($1)) })
        }
    }

    @Test func resampledRowsComeFromTheCorpusAndFromTheSeed() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let target = try Target(Site(.residMid, layer: 1), of: tiny.blueprint)
        let pool = try ActivationPool.gather(
            [target], of: tiny.model, over: tiny.corpus(), keepsRows: true, engine: tiny.engine)
        func rows(_ seed: UInt64, _ item: Int) throws -> [[Float]] {
            let changes = try Ablation.interventions(
                [target], with: .resample(pool, seed: seed), of: tiny.model, length: 12, item: item)
            guard case .replace(let tensor) = changes[0].action else { return [] }
            return (0..<12).map { tensor[first: $0].values }
        }
        let held = try tiny.corpus().items.flatMap { item in
            let value = try tiny.engine.run(tiny.model, tokens: item.tokens).value(of: target.site)
            return (0..<value.shape[0]).map { value[first: $0].values }
        }
        let first = try rows(1, 0)
        #expect(first.count == 12 && first.allSatisfy(held.contains))
        #expect(try rows(1, 0) == first)
        #expect(try rows(2, 0) != first && rows(1, 1) != first)
        #expect(Set(first).count > 4)
    }

    @Test func anEditedModelIsAnotherVersion() throws {
        let tiny = try TinyModel("gptoss-yarn")
        let target = try Target.head(2, layer: 1, .value, of: tiny.blueprint)
        let edit = try Ablation.edit(tiny.model, [target])
        #expect(!edit.model.isSameVersion(as: tiny.model))
        #expect(edit.summary == "ablate L1H2.v with zero")
        #expect(edit.notes.count == 1 && edit.notes[0].contains("share this v"))
        let run = try tiny.engine.run(edit.model, tokens: tiny.tokens(9, seed: 1))
        let group = 2 / tiny.blueprint.headsPerGroup
        let values = try run.value(of: Site(.value, layer: 1))
        #expect((0..<9).allSatisfy { values[first: $0][first: group].values.allSatisfy { $0 == 0 } })
    }

    @Test func editsThatCannotWorkAreRefused() throws {
        let tiny = try TinyModel("qwen3moe-dense-layers")
        let blueprint = tiny.blueprint
        let layer = blueprint.expertLayers[0]
        let (short, long) = (try tiny.run(9, seed: 1), try tiny.run(10, seed: 1))
        let lengths = #expect(throws: SurgeryError.self) { try Patch(from: short, into: long) }
        #expect(lengths?.message.contains("9 tokens") == true && lengths?.message.contains("10") == true)
        let masked = try Restriction.restrict(tiny.model, layer: layer, drop: [0]).model
        let other = try tiny.engine.run(masked, tokens: long.tokens)
        let versions = #expect(throws: SurgeryError.self) {
            try Patch(from: long, into: other, names: ("m at edit 0", "m at edit 1"))
        }
        #expect(versions?.message.contains("m at edit 0") == true && versions?.message.contains("m at edit 1") == true)
        let patch = try Patch(from: long, into: long)
        let head = try Target.head(0, layer: layer, of: blueprint)
        #expect(throws: SurgeryError.self) { try patch.interventions([head], at: [10]) }
        #expect(throws: SurgeryError.self) { try Target(Site(.expertIndices, layer: layer), of: blueprint) }
        #expect(throws: SurgeryError.self) { try Target.head(99, layer: layer, of: blueprint) }
        #expect(throws: SurgeryError.self) { try Target.head(0, layer: layer, .residPre, of: blueprint) }
        #expect(throws: SurgeryError.self) { try Target.expert(0, layer: 99, of: blueprint) }
        #expect(throws: SurgeryError.self) {
            try Target.expert(0, layer: layer, .expertPost, channels: [-1], of: blueprint)
        }
        #expect(throws: SurgeryError.self) {
            try ActivationPool.gather(
                [.head(0, layer: layer, .pattern, of: blueprint)], of: tiny.model, over: tiny.corpus(),
                keepsRows: false,
                engine: tiny.engine)
        }
        #expect(throws: SurgeryError.self) {
            try Ablation.interventions([head], with: .run(short), of: tiny.model, length: 10)
        }
        let fromRun = try Ablation.edit(tiny.model, [head], with: .run(short)).model
        #expect(throws: SurgeryError.self) { try fromRun.checkInterventions(length: 10) }
        try fromRun.checkInterventions(length: 9)
    }

    /// A table that is too short would be read beyond its end.
    @Test func valuesOfARunAreNotUsedForLongerSequences() throws {
        let tiny = try TinyModel("gptoss-yarn")
        let short = try tiny.run(9, seed: 1)
        for kind in [SiteKind.pattern, .z] {
            let head = try Target.head(0, layer: 0, kind, of: tiny.blueprint)
            let model = try Ablation.edit(tiny.model, [head], with: .run(short)).model
            _ = try tiny.engine.run(model, tokens: tiny.tokens(9, seed: 2))
            #expect(throws: InferenceError.self) { try tiny.engine.run(model, tokens: tiny.tokens(10, seed: 2)) }
            #expect(throws: InferenceError.self) {
                try Perplexity.measure(model, over: tiny.corpus(), engine: tiny.engine)
            }
            var continuation = try Continuation(tiny.engine, model: model, prompt: tiny.tokens(9, seed: 2))
            #expect(throws: InferenceError.self) { try continuation.append(1) }
        }
    }

    @Test func anExpertThatNobodyChoseIsNamed() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let run = try tiny.engine.run(tiny.model, tokens: [1])
        let chosen = Set(try run.value(of: Site(.expertIndices, layer: 0)).values.map { Int($0) })
        let idle = try #require((0..<tiny.blueprint.layers[0].expertCount).first { !chosen.contains($0) })
        let target = try Target.expert(idle, layer: 0, of: tiny.blueprint)
        let error = #expect(throws: SurgeryError.self) {
            try Patch(from: run, into: run).interventions([target])
        }
        #expect(error?.code == "edit.silent" && error?.subject == "L0E\(idle)")
        let zero = try Ablation.interventions([target], with: .zero, of: tiny.model, length: 1)
        #expect(throws: SurgeryError.self) { try tiny.engine.run(run, with: zero) }
        let grid = try SweepGrid.experts(
            layers: [0], experts: Array(0..<tiny.blueprint.layers[0].expertCount + 1), of: tiny.blueprint)
        let swept = try Sweep.ablate(grid, in: run, measure: .logProbability(.id(3)), engine: tiny.engine)
        #expect(swept.silent.contains("L0E\(idle)") && swept.cells[idle].isNaN)
        #expect(swept.cells[chosen.first ?? 0].isFinite && grid.cells.last.map { $0 == nil } == true)
        #expect(swept.cells.last?.isNaN == true)
    }
}
