import Architectures
import Documents
import Inference
import Kernels
import Scoring
import Surgery
import Tokenizers

/// How many activation patches a second a sweep over all heads makes.
struct SweepBenchmark {
    let path: String
    let clean: String
    let corrupt: String
    let answer: String
    let wrong: String

    /// Patches each head's z, at all positions, from the clean prompt into the corrupted one. What is timed begins with
    /// the two runs at hand and ends with every patched logit difference.
    func measure(runs: Int, compute: Compute) throws -> BenchReport {
        let checkpoint = try Checkpoint.open(path)
        let tokenizer = try checkpoint.tokenizer()
        let model = checkpoint.model
        let engine = Engine(compute: compute)
        let lender = try engine.run(model, tokens: tokenizer.encode(clean))
        let target = try engine.run(model, tokens: tokenizer.encode(corrupt))
        let metric = Metric.logitDifference(
            answer: .id(try first(answer, tokenizer)), wrong: .id(try first(wrong, tokenizer)))
        let grid = try SweepGrid.heads(
            layers: Array(model.blueprint.layers.indices), heads: Array(0..<model.blueprint.headCount),
            of: model.blueprint)
        let clock = ContinuousClock()
        var rates: [Double] = []
        var report = BenchReport()
        for run in 0...runs {
            let start = clock.now
            let result = try Sweep.patch(grid, Patch(from: lender, into: target), measure: metric, engine: engine)
            let seconds = (clock.now - start).inSeconds
            if run > 0 { rates.append(Double(grid.cells.count) / seconds) } else { note(result, in: &report) }
        }
        report.note("threads", compute.pool.threads)
        report.note("variant", compute.variant.rawValue)
        report.note("tokens", target.tokens.count)
        report.add("patches_per_s", "patches/s", rates)
        return report
    }

    private func note(_ result: SweepResult, in report: inout BenchReport) {
        let heads = result.grid.shape[1]
        let rows = stride(from: 0, to: result.cells.count, by: heads).map { start in
            JSON.array(result.cells[start..<start + heads].map { .number(JSONNumber($0)) })
        }
        report.note("clean", result.source ?? .nan)
        report.note("corrupt", result.base)
        report.facts.append(("patched", .array(rows)))
        report.note("share_of_cells_computed", Double(result.cost.computedCells) / Double(result.cost.fullCells))
    }

    /// The token that a word begins with.
    private func first(_ word: String, _ tokenizer: any Tokenizer) throws -> Int {
        guard let token = tokenizer.encode(word, parsingSpecialTokens: false, addingBoundary: false).first else {
            throw BenchError(subject: "answer", message: "it is empty", remedy: BenchRequest.usage)
        }
        return token
    }
}
