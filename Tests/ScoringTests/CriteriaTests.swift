import Foundation
import Inference
import Kernels
import Scoring
import Tensors
import Testing

/// Scores against the same formulas over the sites of single runs.
struct CriteriaTests {
    @Test(arguments: TinyModel.names)
    func routedCriteriaEqualTheirFormulas(name: String) throws {
        let tiny = try TinyModel(name)
        let corpus = try tiny.corpus()
        let blueprint = tiny.model.blueprint
        var (counts, gates, norms, products): ([[Int]], [[Double]], [[Double]], [[Double]]) = ([], [], [], [])
        for layer in blueprint.layers {
            counts.append(Array(repeating: 0, count: layer.expertCount))
            gates.append(Array(repeating: 0, count: layer.expertCount))
        }
        (norms, products) = (gates, gates)
        for item in corpus.items {
            let run = try tiny.engine.run(tiny.model, tokens: item.tokens)
            for layer in blueprint.expertLayers {
                let indices = try run.value(of: Site(.expertIndices, layer: layer))
                let weights = try run.value(of: Site(.expertWeights, layer: layer))
                for (place, index) in indices.values.enumerated() {
                    let (expert, position) = (Int(index), place / indices.shape[1])
                    let out = try run.value(of: Site(.expertOut, layer: layer, expert: expert))[first: position]
                    let norm = sqrt(out.values.reduce(0.0) { $0 + Double($1) * Double($1) })
                    counts[layer][expert] += 1
                    gates[layer][expert] += Double(weights.values[place])
                    norms[layer][expert] += norm
                    products[layer][expert] += norm * Double(weights.values[place])
                }
            }
        }
        let found = try Scores.experts(
            of: tiny.model, by: [.frequency, .gateMass, .ean, .reap], over: corpus, engine: tiny.engine)
        for layer in blueprint.layers.indices {
            let isDense = blueprint.layers[layer].expertCount == 0
            #expect(found.allSatisfy { ($0.values[layer] == nil) == isDense })
            for expert in counts[layer].indices {
                #expect(found[0].values[layer]?[expert] == Double(counts[layer][expert]))
                #expect(abs((found[1].values[layer]?[expert] ?? .nan) - gates[layer][expert]) < 1e-9)
                #expect(abs((found[2].values[layer]?[expert] ?? .nan) - norms[layer][expert]) < 1e-9)
                let mean = counts[layer][expert] == 0 ? 0 : products[layer][expert] / Double(counts[layer][expert])
                #expect(abs((found[3].values[layer]?[expert] ?? .nan) - mean) < 1e-9)
                #expect(found[3].counts?[layer]?[expert] == counts[layer][expert])
            }
        }
        #expect(found[0].warnings.count == 1)
        #expect(found[3].tokenCount == corpus.tokenCount)
    }

    @Test func routerNormReadsWeightsAlone() throws {
        for name in ["gptoss-yarn", "qwen3moe-plain"] {
            let tiny = try TinyModel(name)
            let compute = tiny.engine.compute
            let found = try Scores.experts(of: tiny.model, by: [.routerNorm], over: nil, engine: tiny.engine)[0]
            let router = try #require(tiny.model.tensors[Role(.router, layer: 0)])
            var row = [Float](repeating: 0, count: router.columns)
            let norms = (0..<router.rows).map { expert in
                compute.decodeRow(router, row: expert, into: &row)
                return sqrt(row.reduce(0.0) { $0 + Double($1) * Double($1) })
            }
            var shares = [Double](repeating: 1, count: router.rows)
            if let bias = tiny.model.tensors[Role(.routerBias, layer: 0)] {
                var values = [Float](repeating: 0, count: bias.columns)
                compute.decodeRow(bias, row: 0, into: &values)
                let total = values.reduce(0.0) { $0 + exp(Double($1)) }
                shares = values.map { exp(Double($0)) / total }
            }
            for expert in norms.indices {
                #expect(abs((found.values[0]?[expert] ?? .nan) - norms[expert] * shares[expert]) < 1e-9)
            }
            #expect(found.corpus == nil && found.counts == nil)
        }
    }

    @Test(arguments: TinyModel.names)
    func ablationIsTheLossUnderARestriction(name: String) throws {
        let tiny = try TinyModel(name)
        let corpus = try tiny.corpus(windows: 2)
        let layer = try #require(tiny.model.blueprint.expertLayers.last)
        let found = try Scores.experts(
            of: tiny.model, by: [.ablation], over: corpus, layers: [layer], engine: tiny.engine)[0]
        let base = try Perplexity.measure(tiny.model, over: corpus, engine: tiny.engine).loss
        for expert in 0..<tiny.model.blueprint.layers[layer].expertCount {
            var restricted = tiny.model
            restricted.keptExperts[layer] = (0..<tiny.model.blueprint.layers[layer].expertCount).filter { $0 != expert }
            let loss = try Perplexity.measure(restricted, over: corpus, engine: tiny.engine).loss
            #expect(abs((found.values[layer]?[expert] ?? .nan) - (loss - base)) < 1e-5)
        }
    }

    @Test func headScoresAreLossRises() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let corpus = try tiny.corpus(windows: 2)
        let found = try Scores.heads(of: tiny.model, over: corpus, layers: [1], engine: tiny.engine)
        var cut = tiny.model
        cut.interventions.append(Intervention(site: Site(.z, layer: 1), part: .heads([2]), action: .zero))
        let rise =
            try Perplexity.measure(cut, over: corpus, engine: tiny.engine).loss
            - Perplexity.measure(tiny.model, over: corpus, engine: tiny.engine).loss
        #expect(abs((found.values[1]?[2] ?? .nan) - rise) < 1e-12)
        #expect(found.values[0] == nil && found.axis == "head")
    }

    @Test func everyCriterionIsFoundByItsName() throws {
        for criterion in Criteria.all {
            #expect(try Criteria.named(criterion.name).summary == criterion.summary)
            #expect(!criterion.source.isEmpty && !criterion.unit.isEmpty)
        }
        let error = #expect(throws: ScoringError.self) { try Criteria.named("magic") }
        #expect(error?.remedy?.contains("router-norm") == true)
        let tiny = try TinyModel("gptoss-yarn")
        #expect(throws: ScoringError.self) {
            try Scores.experts(of: tiny.model, by: [.reap], over: nil, engine: tiny.engine)
        }
    }
}
