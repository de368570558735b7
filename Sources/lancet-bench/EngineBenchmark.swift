import Architectures
import Inference
import Kernels
import Scoring
import Tensors

/// How fast a model reads a prompt and writes tokens.
struct EngineBenchmark {
    let path: String
    let promptCount: Int
    let decodeCount: Int
    let precision: Precision

    /// Reads a random prompt, appends random tokens, and takes the perplexity of the prompt as a window, some times over; the
    /// first time, which touches the file's pages for the first time, does not count.
    func measure(runs: Int, compute: Compute) throws -> BenchReport {
        let model = try Checkpoint.open(path).model
        let engine = Engine(compute: compute, arithmetic: Arithmetic(precision: precision))
        let clock = ContinuousClock()
        var (prefill, decode, perplexity): ([Double], [Double], [Double]) = ([], [], [])
        for run in 0...runs {
            let tokens = randomTokens(model, run: run)
            let start = clock.now
            var continuation = try Continuation(engine, model: model, prompt: Array(tokens.prefix(promptCount)))
            let read = clock.now
            for token in tokens.dropFirst(promptCount) { try continuation.append(token) }
            let end = clock.now
            let window = try TokenCorpus(
                name: "random", text: Array(tokens.prefix(promptCount)), windowLength: promptCount)
            _ = try Perplexity.measure(model, over: window, engine: engine)
            let measured = clock.now
            guard run > 0 else { continue }
            prefill.append(Double(promptCount) / (read - start).inSeconds)
            decode.append(Double(decodeCount) / (end - read).inSeconds)
            perplexity.append(Double(promptCount) / (measured - end).inSeconds)
        }
        let bytes = Self.bytesPerToken(model)
        let memory = KernelSpeed.memoryReadSpeed(compute: compute)
        var report = BenchReport()
        report.note("threads", compute.pool.threads)
        report.note("precision", precision.rawValue)
        report.note("variant", compute.variant.rawValue)
        report.note("prompt", promptCount)
        report.note("bytes_per_token", bytes)
        report.note("memory_read_gb_s", memory)
        let operations = 2 * Double(Self.weightsPerToken(model))
        let peak = KernelSpeed.floatPeak(compute: compute)
        report.note("gflop_per_token", operations / 1e9)
        report.note("float32_peak_gflop_s", peak)
        report.add("prefill_tok_s", "tokens/s", prefill)
        report.add("prefill_share_of_float32_peak", "", prefill.map { $0 * operations / (peak * 1e9) })
        report.add("perplexity_tok_s", "tokens/s", perplexity)
        report.add("decode_tok_s", "tokens/s", decode)
        report.add("decode_share_of_memory_speed", "", decode.map { $0 * Double(bytes) / (memory * 1e9) })
        return report
    }

    private func randomTokens(_ model: Model, run: Int) -> [Int] {
        let random = KeyedRandom(seed: UInt64(run), purpose: "bench")
        return (0..<promptCount + decodeCount).map { random.index(below: model.blueprint.vocabularyCount, $0) }
    }

    /// Weights that one token of a prompt is multiplied with: neither embedding nor output.
    static func weightsPerToken(_ model: Model) -> Int {
        model.tensors.reduce(0) { sum, entry in
            let (role, matrix) = entry
            guard let layer = role.layer, matrix.rows > 1 else { return sum }
            guard role.expert != nil else { return sum + matrix.rows * matrix.columns }
            let blueprint = model.blueprint.layers[layer]
            return sum + matrix.rows * matrix.columns * blueprint.activeExpertCount / blueprint.expertCount
        }
    }

    /// Encoded weights that one token needs: everything but the experts it is not routed to, and of an embedding that is
    /// not the output too, one row.
    static func bytesPerToken(_ model: Model) -> Int {
        model.tensors.reduce(0) { sum, entry in
            let (role, matrix) = entry
            if role == Role(.embedding), model.tensors[Role(.output)] != nil {
                return sum + matrix.byteCount / matrix.rows
            }
            guard role.expert != nil, let layer = role.layer else { return sum + matrix.byteCount }
            let blueprint = model.blueprint.layers[layer]
            return sum + matrix.byteCount * blueprint.activeExpertCount / blueprint.expertCount
        }
    }
}
