import Inference
import Scoring
import Tensors
import Testing

/// Traces against the routing sites of single runs.
struct RoutesTests {
    @Test(arguments: TinyModel.names)
    func aTraceCountsWhatRunsChoose(name: String) throws {
        let tiny = try TinyModel(name)
        let corpus = try tiny.corpus()
        let routes = try Routes.trace(tiny.model, over: corpus, engine: tiny.engine)
        #expect(routes.families == ["a", "b"])
        #expect(routes.layers.map(\.layer) == tiny.model.blueprint.expertLayers)
        for layer in routes.layers {
            var counts = corpus.families.map { _ in Array(repeating: 0, count: layer.expertCount) }
            var margins: [Float] = []
            for item in corpus.items {
                let run = try tiny.engine.run(tiny.model, tokens: item.tokens)
                let family = item.family == "a" ? 0 : 1
                for index in try run.value(of: Site(.expertIndices, layer: layer.layer)).values {
                    counts[family][Int(index)] += 1
                }
                let logits = try run.value(of: Site(.routerLogits, layer: layer.layer))
                for position in item.tokens.indices where layer.slotCount < layer.expertCount {
                    let sorted = logits[first: position].values.sorted(by: >)
                    margins.append(sorted[layer.slotCount - 1] - sorted[layer.slotCount])
                }
            }
            #expect(layer.counts == counts)
            #expect(layer.margins == Quantiles(margins))
            let total = layer.gateMass.reduce(0, +)
            #expect(total > 0 && total <= Double(corpus.tokenCount) * 1.0001)
            for expert in 0..<layer.expertCount {
                #expect(layer.coactivation[expert][expert] == layer.totals[expert])
                #expect(layer.coactivation[expert].reduce(0, +) == layer.totals[expert] * layer.slotCount)
            }
        }
        let table = routes.table(\.usage)
        #expect(table.shape[0] == tiny.model.blueprint.layers.count)
        for (layer, blueprint) in tiny.model.blueprint.layers.enumerated() {
            #expect(table[first: layer].values.allSatisfy { $0.isNaN == (blueprint.expertCount == 0) })
        }
    }

    @Test func restrictedExpertsAreNotChosen() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        var cut = tiny.model
        cut.keptExperts[1] = [0, 2, 3]
        let routes = try Routes.trace(cut, over: tiny.corpus(), engine: tiny.engine)
        let totals = routes.layers[1].totals
        #expect(totals.enumerated().allSatisfy { [0, 2, 3].contains($0.offset) || $0.element == 0 })
    }
}
