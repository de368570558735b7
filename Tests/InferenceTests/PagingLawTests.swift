import Architectures
import Foundation
import Inference
import Kernels
import Storage
import Tensors
import TestSupport
import Testing

/// Weights that come from disk when they are needed give the bits of weights that lie in memory.
struct PagingLawTests {
    private static let paths =
        LawTests.paths + [Fixtures.path("oracles/gptoss-sharded"), Fixtures.path("oracles/qwen3moe-sharded")]
        + ["gptoss", "qwen3moe"].map { Fixtures.teachingModelPath("teach-\($0)-bf16.gguf") }
        + [Fixtures.path("oracles/qwen3moe-tied")].compactMap { path in
            FileIdentity(path: path + "/config.json") == nil ? nil : path
        }

    /// A model in a cache that holds what every token needs and so many experts besides those of one layer.
    private struct Paged {
        let model: Model
        let cache: PageCache
        let engine: Engine
        let capacity: Int

        init(_ path: String, spare: Int = 1, threads: Int = 2) throws {
            let checkpoint = try Checkpoint.open(path)
            model = checkpoint.model
            let layout = try #require(checkpoint.archive.files.first?.layout)
            capacity = layout.bytes(experts: layout.activeExperts + spare)
            cache = PageCache(capacity: capacity)
            engine = Engine(compute: Compute(threads: threads), supply: ExpertPager(cache))
        }
    }

    @Test(arguments: paths, [1, 2])
    func runsAndContinuationsHaveTheSameBits(path: String, threads: Int) throws {
        let paged = try Paged(path, threads: threads)
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 40, seed: 31)
        let whole = try Parity.engine.run(model, tokens: tokens)
        let run = try paged.engine.run(paged.model, tokens: tokens)
        try paged.cache.check()
        #expect(run.logits.values.map(\.bitPattern) == whole.logits.values.map(\.bitPattern))
        var continuation = try Continuation(paged.engine, model: paged.model, prompt: Array(tokens.prefix(9)))
        for token in tokens.dropFirst(9) { try continuation.append(token) }
        try paged.cache.check()
        let last = whole.logits(at: [tokens.count - 1])
        #expect(continuation.logits.map(\.bitPattern) == last.values.map(\.bitPattern))
        #expect(paged.cache.report.held <= paged.capacity)
    }

    @Test(arguments: ["gptoss", "qwen3moe"])
    func sweepsHaveTheSameBitsWhileExpertsComeAndGo(name: String) throws {
        let path = Fixtures.teachingModelPath("teach-\(name)-bf16.gguf")
        let (paged, model) = (try Paged(path), try Parity.model(path))
        let tokens = LawTests.tokens(model, 24, seed: 32)
        let variants = (0..<6).map { head in
            [Intervention(site: Site(.z, layer: head % 4), part: .heads([head]), action: .zero)]
        }
        func bits(_ engine: Engine, _ model: Model) throws -> [[UInt32]] {
            var bits = Array(repeating: [UInt32](), count: variants.count)
            let base = try engine.run(model, tokens: tokens)
            try engine.sweep(base, variants: variants, logitsAt: [23]) { outcome in
                bits[outcome.index] = outcome.logits.values.map(\.bitPattern)
            }
            return bits
        }
        #expect(try bits(paged.engine, paged.model) == bits(Parity.engine, model))
        try paged.cache.check()
        let report = paged.cache.report
        #expect(report.misses > report.expertsInAll)
        #expect(report.experts < report.expertsInAll / 4)
        #expect(report.held <= paged.capacity)
    }

    @Test func expertsThatFitAreReadOnce() throws {
        let path = Fixtures.teachingModelPath("teach-gptoss-bf16.gguf")
        let paged = try Paged(path, spare: 14)
        var model = paged.model
        for layer in model.blueprint.expertLayers { model.keptExperts[layer] = [1, 4, 9, 15] }
        let tokens = LawTests.tokens(model, 48, seed: 33)
        let first = try paged.engine.run(model, tokens: tokens).logits.values
        let before = paged.cache.report
        let second = try paged.engine.run(model, tokens: tokens).logits.values
        let after = paged.cache.report
        #expect(first.map(\.bitPattern) == second.map(\.bitPattern))
        #expect(after.hits - before.hits == after.uses - before.uses)
        // Only the rows of the embedding are read again, two pages for a row at most.
        #expect(after.bytesRead - before.bytesRead <= tokens.count * 2 * 4096)
    }

    @Test func ofTheEmbeddingRowsAreReadAndNotTheTable() throws {
        let path = Fixtures.teachingModelPath("teach-gptoss-bf16.gguf")
        let paged = try Paged(path, spare: 100)
        _ = try paged.engine.run(paged.model, tokens: [5])
        // What was read ahead may still be on its way; nothing leaves, so what was read and what is there agree at its end.
        var excess = Int.max
        withExtendedLifetime(paged.model) {
            for _ in 0..<200 where excess > 2 * 4096 {
                let report = paged.cache.report
                excess = report.bytesRead - report.filled
                if excess > 2 * 4096 { usleep(10_000) }
            }
        }
        #expect(excess <= 2 * 4096)
    }

    @Test func tooLittleRoomIsSaidWithWhatIsNeeded() throws {
        let checkpoint = try Checkpoint.open(Fixtures.teachingModelPath("teach-gptoss-bf16.gguf"))
        let cache = PageCache(capacity: 1 << 20)
        let engine = Engine(compute: Compute(threads: 1), supply: ExpertPager(cache))
        _ = try engine.run(checkpoint.model, tokens: [5])
        #expect(cache.hasFailed)
        let error = #expect(throws: StorageError.self) { try cache.check() }
        #expect(error?.kind == .noMemory)
        #expect(error?.message.contains("MiB are needed") == true)
        #expect(error?.remedy?.contains("larger") == true)
        #expect(!cache.hasFailed)
    }

    @Test func aModelThatIsGoneLeavesItsMemory() throws {
        let cache = PageCache(capacity: 64 << 20)
        let engine = Engine(compute: Compute(threads: 1), supply: ExpertPager(cache))
        do {
            let model = try Parity.model(Fixtures.teachingModelPath("teach-gptoss-bf16.gguf"))
            _ = try engine.run(model, tokens: [5, 6, 7])
            withExtendedLifetime(model) { #expect(cache.report.experts > 0) }
        }
        #expect(cache.report.experts == 0)
        #expect(cache.report.kept == 0)
        let other = try Parity.model(Fixtures.teachingModelPath("teach-qwen3moe-bf16.gguf"))
        _ = try engine.run(other, tokens: [5, 6, 7])
        try cache.check()
        withExtendedLifetime(other) { #expect(cache.report.experts > 0) }
    }

    @Test func twoModelsTakeTurns() throws {
        let checkpoints = try ["gptoss", "qwen3moe"].map {
            try Checkpoint.open(Fixtures.teachingModelPath("teach-\($0)-bf16.gguf"))
        }
        let needs = try checkpoints.map { checkpoint in
            let layout = try #require(checkpoint.archive.files.first?.layout)
            return layout.bytes(experts: layout.activeExperts + 2)
        }
        let cache = PageCache(capacity: try #require(needs.max()))
        let engine = Engine(compute: Compute(threads: 2), supply: ExpertPager(cache))
        let expected = try checkpoints.map { try Parity.engine.run($0.model, tokens: [5, 300, 17]).logits.values }
        for _ in 0..<3 {
            for (checkpoint, values) in zip(checkpoints, expected) {
                #expect(try engine.run(checkpoint.model, tokens: [5, 300, 17]).logits.values == values)
                try cache.check()
            }
        }
        cache.detach()
        #expect(try Parity.engine.run(checkpoints[0].model, tokens: [5, 300, 17]).logits.values == expected[0])
    }
}

extension Model {
    fileprivate var matrixSource: AnyObject? { tensors[Role(.embedding)]?.source }
}
