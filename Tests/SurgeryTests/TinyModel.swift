import Architectures
import Inference
import Kernels
import Scoring
import Storage
import Surgery
import Tensors
import TestSupport

/// A tiny random model of the oracles and token sequences for it.
struct TinyModel {
    let model: Model
    let engine: Engine

    init(_ name: String, threads: Int = 2) throws {
        let folder = Fixtures.path("oracles/" + name)
        let isFolder = FileIdentity(path: folder + "/config.json") != nil
        model = try Checkpoint.open(isFolder ? folder : folder + "/model.gguf").model
        engine = Engine(compute: Compute(threads: threads))
    }

    /// Models that between them have both families, dense layers, quantized experts and every layout of weights.
    static let names = [
        "gptoss-yarn", "gptoss-mxfp4", "gptoss-q8_0", "qwen3moe-dense-layers", "qwen3moe-plain", "qwen2moe-plain",
        "mixtral-plain", "olmoe-plain",
    ]

    var blueprint: Blueprint { model.blueprint }

    func tokens(_ count: Int, seed: Int) -> [Int] {
        let random = KeyedRandom(seed: UInt64(seed), purpose: "tokens")
        return (0..<count).map { random.index(below: blueprint.vocabularyCount, $0) }
    }

    func run(_ count: Int = 20, seed: Int) throws -> Run { try engine.run(model, tokens: tokens(count, seed: seed)) }

    /// Windows of random tokens.
    func corpus(windows: Int = 3, length: Int = 16) throws -> TokenCorpus {
        try TokenCorpus(name: "random", text: tokens(windows * length, seed: 11), windowLength: length)
    }

    /// A plan that drops one expert of every layer, another of each.
    func plan() throws -> Plan {
        let counts = blueprint.layers.map(\.expertCount)
        return try Plan(
            kept: counts.enumerated().map { layer, count in
                count == 0 ? nil : (0..<count).filter { $0 != layer % count }
            }, expertCounts: counts)
    }

    /// Targets at every kind of patchable site, whole and in part, in a layer with experts.
    func targets(_ source: Run) throws -> [Target] {
        let layer = blueprint.expertLayers[blueprint.expertLayers.count / 2]
        let expert = Int(try source.value(of: Site(.expertIndices, layer: layer)).values[0])
        var targets: [Target] = []
        for row in Sites.all where row.isPatchable {
            let site = Site(
                row.kind, layer: row.name.contains("{l}") ? layer : nil, expert: row.name.contains("{e}") ? expert : nil
            )
            if (try? blueprint.check(site)) != nil { targets.append(try Target(site, of: blueprint)) }
        }
        let heads: [SiteKind] = [.query, .key, .value, .rotatedQuery, .rotatedKey, .scores, .pattern, .z]
        for kind in heads { targets.append(try .head(blueprint.headCount - 1, layer: layer, kind, of: blueprint)) }
        targets.append(try .expert(expert, layer: layer, .expertPost, channels: [0, 3, 5], of: blueprint))
        targets.append(try .routerLogits(layer: layer, experts: [0, 2], of: blueprint))
        if let dense = blueprint.layers.firstIndex(where: { $0.expertCount == 0 }) {
            targets.append(try .dense(layer: dense, channels: [1, 2], of: blueprint))
        }
        return targets
    }
}

extension Run {
    /// The bits of its logits everywhere.
    var bits: [UInt32] { logits.values.map(\.bitPattern) }
}
