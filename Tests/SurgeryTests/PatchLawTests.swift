import Inference
import Kernels
import Scoring
import Surgery
import Tensors
import Testing

/// What patches and sweeps keep to, bit for bit.
struct PatchLawTests {
    @Test(arguments: TinyModel.names)
    func patchingARunWithItselfChangesNoBit(name: String) throws {
        let tiny = try TinyModel(name)
        let run = try tiny.run(seed: 1)
        let patch = try Patch(from: run, into: run)
        for target in try tiny.targets(run) {
            for positions in [nil, [3, 7, -1]] as [[Int]?] {
                let changes = try patch.interventions([target], at: positions)
                let patched = try tiny.engine.run(tiny.model, tokens: run.tokens, interventions: changes)
                #expect(patched.bits == run.bits, "\(target.label)")
            }
        }
        let all = try patch.interventions(try tiny.targets(run))
        #expect(try tiny.engine.run(run, with: all).bits == run.bits)
    }

    @Test(arguments: TinyModel.names)
    func noEditsChangeNoBit(name: String) throws {
        let tiny = try TinyModel(name)
        let run = try tiny.run(seed: 1)
        #expect(try tiny.engine.run(run, with: []).bits == run.bits)
        #expect(try Ablation.edit(tiny.model, []).model.isSameVersion(as: tiny.model))
        #expect(try Baking.bake(tiny.model).model.isSameVersion(as: tiny.model))
        let all = try Plan(restrictionOf: tiny.model)
        let pruned = try Pruning.prune(tiny.model, keep: all).model
        #expect(try tiny.engine.run(pruned, tokens: run.tokens).bits == run.bits)
    }

    @Test(arguments: TinyModel.names)
    func aSweepEqualsOneRunAPatch(name: String) throws {
        let tiny = try TinyModel(name)
        let (source, target) = (try tiny.run(seed: 1), try tiny.run(seed: 2))
        let patch = try Patch(from: source, into: target)
        let targets = try tiny.targets(source)
        let grid = SweepGrid(
            axes: ["target"], indices: [Array(targets.indices)], cells: targets.map { SweepGrid.Cell(targets: [$0]) })
        let metric = Metric.logitDifference(answer: .id(3), wrong: .id(8))
        for grid in [grid, grid.each(at: [0, 9, 19]), grid.at([4, 11])] {
            let swept = try Sweep.patch(grid, patch, measure: metric, engine: tiny.engine)
            for (cell, value) in zip(grid.cells, swept.cells) {
                let cell = try #require(cell)
                let changes = try patch.interventions(cell.targets, at: cell.positions)
                let run = try tiny.engine.run(tiny.model, tokens: target.tokens, interventions: changes)
                guard run.fired.allSatisfy({ $0 > 0 }) else {
                    #expect(value.isNaN)
                    continue
                }
                #expect(try metric.value(of: run, engine: tiny.engine) == value, "\(cell.targets[0].label)")
            }
            #expect(swept.tensor.shape == grid.shape)
        }
    }

    @Test(arguments: TinyModel.names)
    func threadsChangeNoBitOfASweep(name: String) throws {
        let results = try [1, 3].map { threads in
            let tiny = try TinyModel(name, threads: threads)
            let grid = try SweepGrid.experts(
                layers: Array(tiny.blueprint.layers.indices), experts: Array(0..<4), of: tiny.blueprint)
            return try Sweep.ablate(grid, tiny.model, over: tiny.corpus(), measure: .loss, engine: tiny.engine)
        }
        #expect(results[0].cells.map(\.bitPattern) == results[1].cells.map(\.bitPattern))
        #expect(results[0].silent == results[1].silent)
    }

    @Test func aCorpusSweepIsTheMeanOfItsItems() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let items = (0..<3).map { number in
            TokenItem(
                tokens: tiny.tokens(8 + number, seed: number), answer: [number + 1], wrong: [20],
                corrupt: tiny.tokens(8 + number, seed: number + 50))
        }
        let corpus = TokenCorpus(name: "pairs", items: items)
        let grid = try SweepGrid.heads(layers: [0, 1], heads: [1, 3], of: tiny.blueprint)
        let found = try Sweep.patch(
            grid, tiny.model, over: corpus, from: .clean, measure: .logitDifference(), engine: tiny.engine)
        var sums = [Double](repeating: 0, count: 4)
        for item in items {
            let patch = try Patch(
                from: tiny.engine.run(tiny.model, tokens: item.tokens),
                into: tiny.engine.run(tiny.model, tokens: item.corrupt ?? []))
            let one = try Sweep.patch(grid, patch, measure: .logitDifference(), item: item, engine: tiny.engine)
            for cell in 0..<4 { sums[cell] += one.cells[cell] }
        }
        #expect(found.cells == sums.map { $0 / 3 })
        #expect(found.n == 3 && found.normalization != nil)
        let scale = try #require(found.normalization)
        #expect(scale(found.base) == 0 && scale(found.source ?? .nan) == 1)
    }
}
