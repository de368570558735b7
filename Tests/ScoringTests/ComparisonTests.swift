import Foundation
import Inference
import Kernels
import Scoring
import Tensors
import Testing

struct ComparisonTests {
    @Test(arguments: TinyModel.names)
    func aModelDoesNotDifferFromItself(name: String) throws {
        let tiny = try TinyModel(name)
        let found = try Comparison.measure(tiny.model, to: tiny.model, over: tiny.corpus(), engine: tiny.engine)
        #expect(found.ratio == 1 && found.perplexity == found.basePerplexity)
        #expect(found.divergence.mean == 0 && found.divergences[1] == 0)
        #expect(found.topAgreement == 1)
        #expect(found.routerAgreement.compactMap { $0 }.allSatisfy { $0 == 1 })
        #expect(found.bytes == found.baseBytes && found.n == 4 * 11)
    }

    @Test func differencesEqualTheirFormulas() throws {
        let tiny = try TinyModel("gptoss-yarn")
        let corpus = try tiny.corpus()
        var cut = tiny.model
        cut.keptExperts[0] = [0, 1, 2]
        let found = try Comparison.measure(cut, to: tiny.model, over: corpus, engine: tiny.engine)
        let (before, after) = (
            try Perplexity.measure(tiny.model, over: corpus, engine: tiny.engine),
            try Perplexity.measure(cut, over: corpus, engine: tiny.engine)
        )
        #expect(found.basePerplexity == before.value && found.perplexity == after.value)
        #expect(abs(found.ratio - after.value / before.value) < 1e-12)
        var divergences: [Double] = []
        var (shared, chosen) = (0, 0)
        for item in corpus.items {
            let runs = try [tiny.model, cut].map { try tiny.engine.run($0, tokens: item.tokens) }
            for position in 12..<23 {
                divergences.append(
                    try Metric(.divergence(from: .run(runs[0]), .position), at: position)
                        .value(of: runs[1], engine: tiny.engine))
            }
            let choices = try runs.map { try $0.value(of: Site(.expertIndices, layer: 0)) }
            for position in item.tokens.indices {
                let after = Set(choices[1][first: position].values)
                chosen += choices[0].shape[1]
                shared += choices[0][first: position].values.filter(after.contains).count
            }
        }
        #expect(abs(found.divergence.mean - divergences.reduce(0, +) / Double(divergences.count)) < 1e-12)
        #expect(found.divergences[1] == Double(Float(divergences.max() ?? 0)))
        #expect(found.routerAgreement[0] == Double(shared) / Double(chosen))
    }

    @Test func quantilesInterpolate() {
        let quantiles = Quantiles([4, 1, 3, 2])
        #expect(quantiles[0] == 1 && quantiles[1] == 4 && quantiles[0.5] == 2.5)
        #expect(Quantiles([])[0.5].isNaN)
    }

    @Test func threadsChangeNoBitOfAMeasurement() throws {
        let (one, two) = (try TinyModel("gptoss-yarn", threads: 1), try TinyModel("gptoss-yarn", threads: 3))
        let corpus = try one.corpus()
        let a = try Perplexity.measure(one.model, over: corpus, engine: one.engine)
        let b = try Perplexity.measure(two.model, over: corpus, engine: two.engine)
        #expect(a.scored == b.scored && a.everywhere == b.everywhere)
        let scores = try [one, two].map {
            try Scores.experts(of: $0.model, by: Criteria.all, over: corpus, engine: $0.engine)
        }
        #expect(scores[0] == scores[1])
    }

    @Test func singleItemsHaveNoWindows() throws {
        let tiny = try TinyModel("gptoss-yarn")
        let items = TokenCorpus(name: "items", items: [TokenItem(tokens: [1, 2, 3])])
        #expect(throws: ScoringError.self) { try Perplexity.measure(tiny.model, over: items, engine: tiny.engine) }
        #expect(throws: ScoringError.self) {
            try Comparison.measure(tiny.model, to: tiny.model, over: items, engine: tiny.engine)
        }
    }
}
