import Architectures
import Inference
import Kernels
import Scoring
import Tensors
import TestSupport

/// A tiny random model of the oracles and token sequences for it.
struct TinyModel {
    let model: Model
    let engine: Engine

    init(_ name: String, threads: Int = 2) throws {
        let folder = Fixtures.path("oracles/" + name)
        model = try Checkpoint.open(folder).model
        engine = Engine(compute: Compute(threads: threads))
    }

    /// Models that between them have both router rules, dense layers and experts of several widths.
    static let names = ["gptoss-yarn", "qwen3moe-dense-layers", "qwen3moe-plain"]

    func tokens(_ count: Int, seed: Int) -> [Int] {
        let random = KeyedRandom(seed: UInt64(seed), purpose: "tokens")
        return (0..<count).map { random.index(below: model.blueprint.vocabularyCount, $0) }
    }

    /// Windows of random tokens in two families.
    func corpus(windows: Int = 4, length: Int = 24) throws -> TokenCorpus {
        let half = (windows + 1) / 2
        let parts = [
            try TokenCorpus(name: "a", text: tokens(half * length, seed: 1), windowLength: length, family: "a"),
            try TokenCorpus(
                name: "b", text: tokens((windows - half) * length, seed: 2), windowLength: length, family: "b"),
        ]
        return TokenCorpus(name: "random", joining: parts)
    }
}
