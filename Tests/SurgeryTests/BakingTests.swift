import Formats
import Inference
import Kernels
import Scoring
import Surgery
import Tensors
import Testing

struct BakingTests {
    /// Edits that weights can say, and every layout of weights to say them in.
    @Test(arguments: TinyModel.names)
    func bakedWeightsGiveTheBitsOfTheEdits(name: String) throws {
        let tiny = try TinyModel(name)
        let blueprint = tiny.blueprint
        let layer = blueprint.expertLayers[0]
        let tokens = tiny.tokens(24, seed: 8)
        let expert = Int(try tiny.run(24, seed: 8).value(of: Site(.expertIndices, layer: layer)).values[0])
        var lists: [[Target]] = [
            [try Target(Site(.attnOut, layer: layer), of: blueprint)],
            [try Target(Site(.mlpOut, layer: layer), of: blueprint)],
            [try .expert(expert, layer: layer, of: blueprint)],
        ]
        let width = tiny.model.tensors[Role(.down, layer: layer, expert: expert)]?.format.blockLength ?? 1
        lists.append([
            try .expert(
                expert, layer: layer, .expertPost, channels: Array(width == 1 ? 0..<7 : 0..<width), of: blueprint)
        ])
        let block = tiny.model.tensors[Role(.attentionOutput, layer: layer)]?.format.blockLength ?? 1
        if blueprint.headDimension % block == 0 { lists.append([try .head(1, layer: layer, of: blueprint)]) }
        for targets in lists + [lists.flatMap { $0 }] {
            let edited = try Ablation.edit(tiny.model, targets).model
            let baked = try Baking.bake(edited).model
            #expect(baked.interventions.isEmpty)
            let bits = try tiny.engine.run(edited, tokens: tokens).bits
            #expect(try tiny.engine.run(baked, tokens: tokens).bits == bits, "\(targets.map(\.label))")
            #expect(bits != (try tiny.engine.run(tiny.model, tokens: tokens).bits))
        }
    }

    @Test func aConstantExpertGoesIntoItsBias() throws {
        let tiny = try TinyModel("gptoss-yarn")
        let target = try Target.expert(1, layer: 0, of: tiny.blueprint)
        let pool = try ActivationPool.gather(
            [target], of: tiny.model, over: tiny.corpus(), keepsRows: false, engine: tiny.engine)
        let edited = try Ablation.edit(tiny.model, [target], with: .mean(pool)).model
        let tokens = tiny.tokens(24, seed: 9)
        let baked = try Baking.bake(edited).model
        #expect(try tiny.engine.run(baked, tokens: tokens).bits == tiny.engine.run(edited, tokens: tokens).bits)
    }

    @Test func whatWeightsCannotSayIsRefusedByName() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        func refused(_ model: Model) -> SurgeryError? {
            #expect(throws: SurgeryError.self) { try Baking.bake(model) }
        }
        let head = try Target.head(0, layer: 0, of: tiny.blueprint)
        #expect(
            refused(try Ablation.edit(tiny.model, [head], at: [3], length: 10).model)?.subject.contains("hook_z")
                == true)
        let pattern = try Target.head(0, layer: 0, .pattern, of: tiny.blueprint)
        #expect(refused(try Ablation.edit(tiny.model, [pattern]).model)?.code == "bake.inexact")
        let masked = try Restriction.restrict(tiny.model, layer: 0, drop: [0]).model
        #expect(refused(masked)?.remedy?.contains("prune") == true)
        let run = try tiny.run(10, seed: 1)
        #expect(refused(try Ablation.edit(tiny.model, [head], with: .run(run)).model) != nil)
    }

    @Test func channelsInsideABlockAreRefused() throws {
        let tiny = try TinyModel("gptoss-q8_0")
        let target = try Target.expert(0, layer: 0, .expertPost, channels: [1, 2], of: tiny.blueprint)
        let edited = try Ablation.edit(tiny.model, [target]).model
        let error = #expect(throws: SurgeryError.self) { try Baking.bake(edited) }
        #expect(error?.message.contains("q8_0") == true)
    }
}
