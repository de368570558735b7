import Inference
import Kernels
import Scoring
import Surgery
import Tensors
import Testing

/// Restricting and pruning.
struct PruningTests {
    @Test(arguments: TinyModel.names)
    func pruningEqualsRestrictingToTheBit(name: String) throws {
        let tiny = try TinyModel(name)
        let plan = try tiny.plan()
        let tokens = tiny.tokens(40, seed: 4)
        let restricted = try Restriction.restrict(tiny.model, keep: plan).model
        let edit = try Pruning.prune(tiny.model, keep: plan)
        let bits = try tiny.engine.run(restricted, tokens: tokens).bits
        #expect(try tiny.engine.run(edit.model, tokens: tokens).bits == bits)
        #expect(try tiny.engine.run(tiny.model, tokens: tokens).bits != bits)
        let twice = try Pruning.prune(restricted, keep: plan).model
        #expect(try tiny.engine.run(twice, tokens: tokens).bits == bits)
        #expect(twice.keptExperts.allSatisfy { $0 == nil })
        #expect(edit.originalExperts == plan.kept)
        #expect(edit.model.byteCount == ExpertSizes(tiny.model).total(plan))
        for layer in tiny.blueprint.layers.indices {
            #expect(edit.model.blueprint.layers[layer].expertCount == plan.kept[layer]?.count ?? 0)
        }
    }

    @Test(arguments: TinyModel.names)
    func masksAndInterventionsAreRenumbered(name: String) throws {
        let tiny = try TinyModel(name)
        let layer = try #require(tiny.blueprint.expertLayers.last)
        let count = tiny.blueprint.layers[layer].expertCount
        let gone = layer % count
        let plan = try tiny.plan()
        let tokens = tiny.tokens(32, seed: 5)
        var model = tiny.model
        for expert in [gone, (gone + 1) % count, (gone + 2) % count] {
            model = try Ablation.edit(model, [.expert(expert, layer: layer, of: tiny.blueprint)]).model
        }
        model.interventions.append(
            Intervention(
                site: Site(.routerLogits, layer: layer), part: .experts([gone, (gone + 2) % count].sorted()),
                action: .constant([0.25, 0.5])))
        if count - 2 >= tiny.blueprint.layers[layer].activeExpertCount {
            model = try Restriction.restrict(model, layer: layer, drop: [(gone + 1) % count]).model
        }
        let restricted = try Restriction.restrict(model, keep: plan).model
        let pruned = try Pruning.prune(model, keep: plan).model
        #expect(pruned.interventions.count == model.interventions.count - 1)
        #expect(
            try tiny.engine.run(pruned, tokens: tokens).bits == tiny.engine.run(restricted, tokens: tokens).bits)
    }

    @Test func comparingAPrunedModelCountsExpertsByTheirOldNumbers() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let plan = try tiny.plan()
        let restricted = try Restriction.restrict(tiny.model, keep: plan).model
        let edit = try Pruning.prune(tiny.model, keep: plan)
        let corpus = try tiny.corpus()
        let a = try Comparison.measure(restricted, to: tiny.model, over: corpus, engine: tiny.engine)
        let b = try Comparison.measure(
            edit.model, to: tiny.model, over: corpus, engine: tiny.engine, experts: edit.originalExperts)
        #expect(a.routerAgreement == b.routerAgreement)
        #expect(a.perplexity == b.perplexity && a.divergence == b.divergence)
        #expect(b.bytes < a.bytes && a.bytes == a.baseBytes)
    }

    @Test func tooFewExpertsAreRefused() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let (count, active) = (tiny.blueprint.layers[0].expertCount, tiny.blueprint.layers[0].activeExpertCount)
        #expect(throws: SurgeryError.self) {
            try Restriction.restrict(tiny.model, layer: 0, keep: Array(0..<active - 1))
        }
        #expect(throws: SurgeryError.self) { try Restriction.restrict(tiny.model, layer: 0, drop: [count]) }
        #expect(throws: SurgeryError.self) { try Restriction.restrict(tiny.model, layer: 99, drop: [0]) }
        let few = try Restriction.restrict(tiny.model, layer: 0, keep: Array(0..<active)).model
        #expect(throws: SurgeryError.self) { try Restriction.restrict(few, layer: 0, drop: [0]) }
        #expect(throws: SurgeryError.self) {
            try Restriction.restrict(TinyModel("gptoss-yarn").model, keep: tiny.plan())
        }
        #expect(try Plan(restrictionOf: few).kept[0] == Array(0..<active))
    }
}
