import Foundation
import Inference
import Scoring
import Tensors
import Testing

/// Metrics against the same formulas written out over a run's logits.
struct MetricTests {
    static let tiny = Result { try TinyModel("gptoss-yarn") }

    private func logSoftmax(_ row: [Float]) -> [Double] {
        let most = Double(row.max() ?? 0)
        let total = most + log(row.reduce(0.0) { $0 + exp(Double($1) - most) })
        return row.map { Double($0) - total }
    }

    private func rows(_ run: Run) -> [[Float]] {
        let logits = run.logits
        return (0..<logits.shape[0]).map { logits[first: $0].values }
    }

    @Test func metricsOfTheLastPosition() throws {
        let tiny = try Self.tiny.get()
        let run = try tiny.engine.run(tiny.model, tokens: tiny.tokens(17, seed: 3))
        let last = try #require(rows(run).last)
        let logs = logSoftmax(last)
        func value(_ metric: Metric) throws -> Double { try metric.value(of: run, engine: tiny.engine) }
        #expect(try value(.logitDifference(answer: .id(5), wrong: .id(9))) == Double(last[5]) - Double(last[9]))
        #expect(abs(try value(.logProbability(.id(5))) - logs[5]) < 1e-12)
        #expect(abs(try value(.probability(.id(5))) - exp(logs[5])) < 1e-12)
        let order = last.indices.sorted { (last[$1], $0) < (last[$0], $1) }
        #expect(try value(.rank(.id(order[7]))) == 7)
    }

    @Test func lossAndDivergence() throws {
        let tiny = try Self.tiny.get()
        let run = try tiny.engine.run(tiny.model, tokens: tiny.tokens(17, seed: 3))
        let other = try tiny.engine.run(tiny.model, tokens: tiny.tokens(17, seed: 4))
        let (p, q) = (rows(other).map(logSoftmax), rows(run).map(logSoftmax))
        let loss = (0..<16).reduce(0.0) { $0 - q[$1][run.tokens[$1 + 1]] } / 16
        #expect(abs(try Metric.loss.value(of: run, engine: tiny.engine) - loss) < 1e-12)
        let divergences = zip(p, q).map { p, q in zip(p, q).reduce(0.0) { $0 + exp($1.0) * ($1.0 - $1.1) } }
        let everywhere = try Metric.divergence(from: .run(other), .everywhere).value(of: run, engine: tiny.engine)
        #expect(abs(everywhere - divergences.reduce(0, +) / 17) < 1e-11)
        let atLast = try Metric.divergence(from: .run(other)).value(of: run, engine: tiny.engine)
        #expect(abs(atLast - divergences[16]) < 1e-11)
        #expect(try Metric.divergence(from: .model(tiny.model), .everywhere).value(of: run, engine: tiny.engine) == 0)
    }

    @Test func aCorpusMeanIsTheMeanOfItsItems() throws {
        let tiny = try Self.tiny.get()
        let items = (0..<3).map { TokenItem(tokens: tiny.tokens(9 + 4 * $0, seed: $0), answer: [$0], wrong: [$0 + 7]) }
        let corpus = TokenCorpus(name: "items", items: items)
        let metric = Metric.logitDifference()
        let found = try metric.mean(over: corpus, model: tiny.model, engine: tiny.engine)
        let values = try items.map { item in
            try metric.value(of: tiny.engine.run(tiny.model, tokens: item.tokens), item: item, engine: tiny.engine)
        }
        #expect(found.value == values.reduce(0, +) / 3)
        #expect(found.n == 3 && found.of == "items")
        let loss = try Metric.loss.mean(over: corpus, model: tiny.model, engine: tiny.engine)
        #expect(loss.n == 8 + 12 + 16 && loss.of == "tokens")
    }

    @Test func answersThatCannotBeReadAreRefused() throws {
        let tiny = try Self.tiny.get()
        let run = try tiny.engine.run(tiny.model, tokens: [1, 2, 3])
        let long = TokenItem(tokens: [1, 2, 3], answer: [4, 5], wrong: [6])
        #expect(throws: ScoringError.self) {
            try Metric.logitDifference().value(of: run, item: long, engine: tiny.engine)
        }
        #expect(throws: ScoringError.self) { try Metric.probability().value(of: run, engine: tiny.engine) }
        #expect(throws: ScoringError.self) { try Metric.rank(.id(-1)).value(of: run, engine: tiny.engine) }
        let short = try tiny.engine.run(tiny.model, tokens: [1])
        #expect(throws: ScoringError.self) { try Metric.loss.value(of: short, engine: tiny.engine) }
        #expect(throws: ScoringError.self) {
            try Metric.divergence(from: .run(short)).value(of: run, engine: tiny.engine)
        }
        #expect(try Metric.logitDifference(answer: .firstOfItem).value(of: run, item: long, engine: tiny.engine) != 0)
    }

    @Test func normalisedValuesNeedAGap() throws {
        let scale = try Normalization(clean: 5, corrupt: -3, metric: "ld")
        #expect(scale(5) == 1 && scale(-3) == 0 && scale(1) == 0.5)
        #expect(throws: ScoringError.self) { try Normalization(clean: 2, corrupt: 2.00001, metric: "ld") }
    }
}
