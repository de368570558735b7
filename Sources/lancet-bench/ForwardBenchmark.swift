import Architectures
import Documents
import Inference
import Kernels
import Tensors

/// How long a short run takes, alone and as many variants in a batch: what live experiments wait for.
struct ForwardBenchmark {
    let path: String
    let tokenCount: Int
    let precision: Precision

    /// Variants of a batch.
    private static let variantCount = 64
    /// Runs that one measurement is the mean of.
    private static let repeats = 20

    /// The token whose last logit the patched variants are compared by.
    private static let comparedToken = 100

    /// Runs the same token ids as `Scripts/peers/hf_forward.py`; logits at every position.
    func measure(runs: Int, compute: Compute) throws -> BenchReport {
        let model = try Checkpoint.open(path).model
        let engine = Engine(compute: compute, arithmetic: Arithmetic(precision: precision))
        let count = model.blueprint.vocabularyCount
        let variants = (0..<Self.variantCount).map { variant in
            (0..<tokenCount).map { (11 + 37 * variant + 101 * $0) % count }
        }
        let request = ScanRequest(sequences: variants) { Array(variants[$0].indices) }
        let clock = ContinuousClock()
        var (alone, batched, patched): ([Double], [Double], [Double]) = ([], [], [])
        var last: [Float] = []
        let patches = try patches(from: engine.run(model, tokens: variants[1]))
        var logits = Array(repeating: 0.0, count: patches.count)
        for run in 0...runs {
            let time = try clock.measure {
                for _ in 0..<Self.repeats { last = try engine.run(model, tokens: variants[0]).logits.values }
            }
            let together = try clock.measure { try engine.scan(model, request) { _ in } }
            let changed = try clock.measure {
                let base = try engine.run(model, tokens: variants[0])
                try engine.sweep(base, variants: patches, logitsAt: [tokenCount - 1]) {
                    logits[$0.index] = Double($0.logits.values[Self.comparedToken])
                }
            }
            // The first touches the file's pages and wakes the threads.
            guard run > 0 else { continue }
            alone.append(time.inSeconds * 1000 / Double(Self.repeats))
            batched.append(together.inSeconds * 1000)
            patched.append(changed.inSeconds * 1000)
        }
        var report = BenchReport()
        report.note("threads", compute.pool.threads)
        report.note("precision", precision.rawValue)
        report.note("tokens", tokenCount)
        report.note("variants", Self.variantCount)
        report.note("last_logit_sum", last.suffix(count).reduce(0) { $0 + Double($1) })
        report.add("run_ms", "ms", alone)
        report.facts.append(("patched_logits", .array(logits.map { .number(JSONNumber($0)) })))
        report.add("batch_ms", "ms", batched)
        report.add("patched_ms", "ms", patched)
        return report
    }

    /// Another run's residual stream put into each layer at each position, one at a time.
    private func patches(from lender: Run) throws -> [[Intervention]] {
        try lender.model.blueprint.layers.indices.flatMap { layer in
            let site = Site(.residPre, layer: layer)
            let values = try lender.value(of: site)
            return lender.tokens.indices.map {
                [Intervention(site: site, positions: [$0], action: .replace(values))]
            }
        }
    }
}
