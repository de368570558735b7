import Architectures
import Inference
import Kernels
import Scoring
import Storage
import TeachingSupport
import Tensors
import TestSupport
import Testing

/// Importance against hooks in transformers, and what samples promise.
struct ImportanceTests {
    /// What `Scripts/make-calibration-goldens.py` wrote for a teaching model.
    private struct Expected {
        let entries: [String: TensorEntry]

        init(_ name: String) throws {
            let path = Fixtures.path("calibration/importance-\(name).safetensors")
            let tensors = try SafetensorsReader.read(try MappedFile(path: path), name: name).tensors
            entries = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
        }

        func integers(_ name: String) -> [Int] {
            entries[name]?.withBytes { bytes in
                (0..<bytes.count / 4).map { Int(bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)) }
            } ?? []
        }

        func corpus() throws -> TokenCorpus {
            let tokens = integers("tokens")
            let length = try #require(entries["tokens"]?.shape.last)
            return try TokenCorpus(name: "windows", text: tokens, windowLength: length)
        }
    }

    @Test(arguments: TeachingModel.names)
    func equalsTheSumsOfHooksInTransformers(name: String) throws {
        let teaching = try TeachingModel(name)
        let expected = try Expected(name)
        let checkpoint = try Checkpoint.open(Fixtures.teachingModelPath("teach-\(name)-bf16.gguf"))
        let importance = try Importance.measure(
            teaching.model, over: try expected.corpus(), engine: teaching.engine)
        #expect(importance.chunkCount == 4 && importance.chunkLength == 96 && importance.tokenCount == 384)
        let file = checkpoint.family.importanceFile(importance, of: teaching.model)
        var held = 0
        for entry in file.entries {
            let key = String(entry.name.dropLast(".weight".count))
            guard let theirs = expected.entries[key + ".sums"]?.floats() else {
                #expect(key == "output")
                continue
            }
            #expect(entry.counts.map { Int($0) } == expected.integers(key + ".counts"), "\(key)")
            let scale = theirs.reduce(0, max)
            let most = zip(entry.sums, theirs).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(entry.sums.count == theirs.count && most <= 2e-4 * scale, "\(key)")
            held += 1
        }
        #expect(held == teaching.model.blueprint.layers.count * 8)
        #expect(held + 1 == file.entries.count)
        let again = try checkpoint.family.importance(from: file, of: teaching.model)
        #expect(again.importance == importance && again.unknown.isEmpty && again.missing.isEmpty)
    }

    @Test func aFrequencyBaselineIsReadOffAtOnce() throws {
        let teaching = try TeachingModel("qwen3moe")
        let corpus = try Expected("qwen3moe").corpus()
        let importance = try Importance.measure(teaching.model, over: corpus, engine: teaching.engine)
        let scored = try Scores.experts(
            of: teaching.model, by: [.frequency], over: corpus, engine: teaching.engine)[0]
        let read = try Scores.frequency(from: importance, of: teaching.model)
        #expect(read.values == scored.values && read.counts == scored.counts && read.tokenCount == scored.tokenCount)
        var chunks = importance
        chunks.chunkLength = 0
        #expect(throws: ScoringError.self) { try Scores.frequency(from: chunks, of: teaching.model) }
    }

    @Test(arguments: TinyModel.names)
    func rareExpertsReachTheFloor(name: String) throws {
        let tiny = try TinyModel(name)
        let corpus = try tiny.corpus(windows: 12, length: 16)
        let floor = 40
        func drawn(_ seed: UInt64) throws -> CalibrationSample {
            try CalibrationSample.draw(
                from: corpus, for: tiny.model, windows: 3, floor: floor, seed: seed, engine: tiny.engine)
        }
        let sample = try drawn(5)
        #expect(try drawn(5) == sample && drawn(6) != sample)
        #expect(sample.base.count == 3 && sample.windows.count > 3 && sample.raisedCount > 0)
        let whole = Coverage(
            of: try Importance.measure(tiny.model, over: corpus, engine: tiny.engine), tiny.model.blueprint)
        let raised = try Importance.measure(tiny.model, over: corpus, sample: sample, engine: tiny.engine)
        let base = try Importance.measure(
            tiny.model, over: corpus, sample: CalibrationSample(windowCount: 12, base: sample.base),
            engine: tiny.engine)
        for (all, layer) in zip(whole.layers, Coverage(of: raised, tiny.model.blueprint).layers) {
            for (expert, tokens) in layer.tokens.enumerated() {
                #expect(all.tokens[expert] == 0 ? tokens == 0 : tokens >= floor)
                // Fresh windows come before the same ones again.
                let extra = sample.extra[layer.layer][expert]
                if all.tokens[expert] >= floor { #expect(extra.values.allSatisfy { $0 == 1 }) }
            }
        }
        // What is no expert's is measured on the base alone.
        for (role, entry) in raised.entries where role.expert == nil { #expect(entry == base.entries[role]) }
    }

    @Test func aRepeatedWindowCountsAsOftenAsItIsTaken() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let corpus = try tiny.corpus(windows: 2, length: 16)
        let sample = try CalibrationSample.draw(
            from: corpus, for: tiny.model, floor: 1000, seed: 1, engine: tiny.engine)
        let raised = try Importance.measure(tiny.model, over: corpus, sample: sample, engine: tiny.engine)
        let each = try (0..<2).map { window in
            try Importance.measure(
                tiny.model, over: corpus, sample: CalibrationSample(windowCount: 2, base: [window]),
                engine: tiny.engine)
        }
        for role in raised.entries.keys where role.expert != nil {
            let times = (0..<2).map { sample.times($0, role) }
            let counts = try each.map { try #require($0.entries[role]).count }
            #expect(raised.entries[role]?.count == times[0] * counts[0] + times[1] * counts[1])
        }
    }

    @Test func anExpertThatNeverFiredIsHandledByName() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        var masked = tiny.model
        let layer = 0
        masked.keptExperts[layer] = Array(1..<tiny.model.blueprint.layers[layer].expertCount)
        let importance = try Importance.measure(masked, over: try tiny.corpus(), engine: tiny.engine)
        let (gate, down) = (Role(.gate, layer: layer, expert: 0), Role(.down, layer: layer, expert: 0))
        #expect(importance.entries[gate]?.count == 0 && importance.entries[down]?.count == 0)
        #expect(importance.weights(of: gate) == importance.weights(of: Role(.router, layer: layer)))
        #expect(importance.weights(of: gate) != nil && importance.weights(of: down) == nil)
        let coverage = Coverage(of: importance, masked.blueprint)
        #expect(coverage.layers[0].neverFired == [0] && coverage.layers[0].minimum == 0)
        #expect(coverage.layers[0].median > 0 && coverage.layers[1].neverFired.isEmpty)
    }
}
