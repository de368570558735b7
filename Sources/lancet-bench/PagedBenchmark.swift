import Architectures
import Formats
import Inference
import Kernels
import Storage
import Tensors

/// How fast a model writes tokens within a memory limit that is less than it weighs.
struct PagedBenchmark {
    let path: String
    /// Bytes that the process may take.
    let limit: Int
    let promptCount: Int
    let decodeCount: Int
    /// Where its experts come from; nil for its own router.
    let routes: String?
    /// Whether experts are restricted to as many as fit.
    let isFitting: Bool
    let precision: Precision

    /// Reads a random prompt, appends as many random tokens as warm the cache, then those that count; last the disk alone.
    func measure(compute: Compute) throws -> BenchReport {
        let checkpoint = try Checkpoint.open(path)
        let cache = PageCache(limit: limit)
        try cache.serve(checkpoint.archive.files)
        let engine = Engine(
            compute: compute, arithmetic: Arithmetic(precision: precision), supply: ExpertPager(cache))
        let model = fitted(try routed(checkpoint.model))
        let random = KeyedRandom(seed: 1, purpose: "bench")
        let tokens = (0..<promptCount + 2 * decodeCount).map {
            random.index(below: model.blueprint.vocabularyCount, $0)
        }
        let clock = ContinuousClock()
        let start = clock.now
        var continuation = try Continuation(engine, model: model, prompt: Array(tokens.prefix(promptCount)))
        let read = clock.now
        for token in tokens[promptCount..<promptCount + decodeCount] { try continuation.append(token) }
        let (warm, before) = (clock.now, cache.report)
        var seconds: [Double] = []
        for token in tokens.suffix(decodeCount) {
            let begin = clock.now
            try continuation.append(token)
            seconds.append((clock.now - begin).inSeconds)
        }
        try cache.check()
        let (end, after) = (clock.now, cache.report)
        var report = BenchReport()
        describe(&report, compute, cache, before, after)
        report.add("prefill_tok_s", "tokens/s", [Double(promptCount) / (read - start).inSeconds])
        report.add("first_decode_tok_s", "tokens/s", [Double(decodeCount) / (warm - read).inSeconds])
        report.add("decode_tok_s", "tokens/s", [Double(decodeCount) / (end - warm).inSeconds])
        report.add("decode_token_s", "s", seconds)
        try compareWithDisk(
            &report, checkpoint, (after.bytesRead - before.bytesRead) / decodeCount, (end - warm).inSeconds)
        return report
    }

    /// What the disk alone would allow: as many bytes a token, read in the same way, with nothing computed.
    private func compareWithDisk(
        _ report: inout BenchReport, _ checkpoint: Checkpoint, _ bytesPerToken: Int, _ seconds: Double
    ) throws {
        report.note("read_bytes_per_token", bytesPerToken)
        guard let layout = checkpoint.archive.files.first?.layout,
            let speed = try ReadSpeed.measure(layout, bytes: 2 << 30, seed: 2)
        else { return }
        report.note("disk_gb_s", speed / 1e9)
        guard bytesPerToken > 0 else { return }
        let allowed = speed / Double(bytesPerToken)
        report.note("disk_allows_tok_s", allowed)
        report.note("share_of_disk", Double(decodeCount) / seconds / allowed)
    }

    private func describe(
        _ report: inout BenchReport, _ compute: Compute, _ cache: PageCache, _ before: PageStatistics,
        _ after: PageStatistics
    ) {
        let uses = Double(max(1, after.uses - before.uses))
        report.note("threads", compute.pool.threads)
        report.note("variant", compute.variant.rawValue)
        report.note("precision", precision.rawValue)
        report.note("prompt", promptCount)
        report.note("limit_bytes", limit)
        report.note("kept_bytes", after.kept)
        report.note("held_bytes", after.held)
        report.note("experts_in_memory", after.experts)
        report.note("experts_in_all", after.expertsInAll)
        report.note("hit_share", Double(after.hits - before.hits) / uses)
        report.note("early_share", Double(after.early - before.early) / uses)
        let tokens = Double(max(1, after.tokens - before.tokens))
        report.note("reading_s_per_token", (after.readingSeconds - before.readingSeconds) / tokens)
        report.note("waiting_s_per_token", (after.waitingSeconds - before.waitingSeconds) / tokens)
        report.note("foreseen_rightly", Double(after.foreseenUsed) / Double(max(1, after.foreseen)))
        report.note("peak_resident_bytes", ProcessMemory.peak)
    }

    /// The model with experts chosen by other routes than its own: its router's logits are replaced at every position.
    private func routed(_ model: Model) throws -> Model {
        guard let routes else { return model }
        let count = promptCount + 2 * decodeCount
        let trace = routes == "random" ? nil : try BorrowedRoutes(routes)
        let random = KeyedRandom(seed: 3, purpose: "routes")
        var model = model
        for layer in model.blueprint.expertLayers {
            let shape = model.blueprint.layers[layer]
            var logits = (0..<count * shape.expertCount).map {
                Float(random.index(below: 1 << 20, layer * count * shape.expertCount + $0)) / Float(1 << 20)
            }
            for position in 0..<count {
                for (slot, expert) in (trace?.experts(shape, layer: layer, position) ?? []).enumerated() {
                    logits[position * shape.expertCount + expert] = Float(10 - slot)
                }
            }
            let tensor = Tensor(shape: [count, shape.expertCount], axes: ["position", "expert"], values: logits)
            model.interventions.append(Intervention(site: Site(.routerLogits, layer: layer), action: .replace(tensor)))
        }
        return model
    }

    /// The model restricted to half of each layer's experts.
    private func fitted(_ model: Model) -> Model {
        guard isFitting else { return model }
        var model = model
        for layer in model.blueprint.expertLayers {
            let count = model.blueprint.layers[layer].expertCount
            model.keptExperts[layer] = Array(0..<count / 2)
        }
        return model
    }
}
