import Architectures
import Documents
import Formats
import Inference
import Kernels
import Storage
import TestSupport
import Testing
import Tokenizers

@Suite("Opening checkpoints")
struct OpeningTests {
    @Test("a blueprint is what its maker says, from every container", arguments: Fixtures.oracleNames)
    func blueprintIsTheMakers(name: String) throws {
        let oracle = try Oracle(name)
        for path in oracle.paths {
            let blueprint = try Checkpoint.open(path).model.blueprint
            #expect(blueprint.layers.count == oracle.number("layers"))
            #expect(blueprint.hiddenSize == oracle.number("hidden"))
            #expect(blueprint.headCount == oracle.number("heads"))
            #expect(blueprint.keyValueHeadCount == oracle.number("kv_heads"))
            #expect(blueprint.headDimension == oracle.number("head_dim"))
            #expect(blueprint.vocabularyCount == oracle.number("vocab"))
            #expect(blueprint.tiedEmbeddings == oracle.meta["tied"]?.asBoolean)
            let layers = blueprint.layers
            #expect(layers.indices.filter { layers[$0].window != nil } == oracle.numbers("windowed_layers"))
            #expect(layers.compactMap(\.window).allSatisfy { $0 == oracle.number("window") })
            #expect(layers.indices.filter { layers[$0].expertCount == 0 } == oracle.numbers("dense_layers"))
            for layer in blueprint.expertLayers {
                #expect(layers[layer].expertCount == oracle.number("experts"))
                #expect(layers[layer].activeExpertCount == oracle.number("top_k"))
                #expect(layers[layer].feedForwardWidth == oracle.number("expert_width"))
                let shared = oracle.number("shared_width") ?? 0
                #expect(layers[layer].sharedExpertWidth == (shared > 0 ? shared : nil))
            }
            for layer in oracle.numbers("dense_layers") {
                #expect(layers[layer].sharedExpertWidth == nil)
                if let width = oracle.number("dense_width") { #expect(layers[layer].feedForwardWidth == width) }
            }
            try expectRotary(blueprint, oracle)
        }
    }

    private func expectRotary(_ blueprint: Blueprint, _ oracle: Oracle) throws {
        guard case .yarn(let yarn) = blueprint.rotary.scaling else {
            #expect(!oracle.features.contains("yarn"))
            if case .divided = blueprint.rotary.scaling {
                #expect(oracle.features.contains("rope-llama3"))
            } else {
                let isLinear = oracle.features.contains("rope-linear")
                #expect(blueprint.rotary.scaling == (isLinear ? .linear(factor: 4) : .none))
            }
            return
        }
        #expect(oracle.features.contains("yarn"))
        #expect(yarn.truncated == oracle.features.contains("yarn-truncated"))
        #expect(yarn.attentionFactor == nil)
    }

    @Test("both containers give one blueprint and the same bits by role", arguments: Oracle.inBoth)
    func containersAgree(name: String) throws {
        let oracle = try Oracle(name)
        let folder = try Checkpoint.open(oracle.folder).model
        let gguf = try Checkpoint.open(oracle.gguf).model
        #expect(folder.blueprint == gguf.blueprint)
        #expect(differingRoles(folder, gguf) == [])
    }

    @Test("every tensor is a view over the file", arguments: Fixtures.oracleNames)
    func tensorsAreViews(name: String) throws {
        for path in try Oracle(name).paths {
            let checkpoint = try Checkpoint.open(path)
            let files = checkpoint.archive.files.map { ObjectIdentifier($0) }
            #expect(checkpoint.model.tensors.values.allSatisfy { files.contains(ObjectIdentifier($0.source)) })
        }
    }

    @Test("the rope mode of llama.cpp rounds YaRN's ramp and says so")
    func ropeMode() throws {
        let oracle = try Oracle("gptoss-yarn")
        let reference = try Checkpoint.open(oracle.gguf)
        let truncated = try Checkpoint.open(oracle.gguf, rope: .truncated)
        #expect(reference.ropeSummary == "YaRN ×32, reference")
        #expect(truncated.ropeSummary == "YaRN ×32, truncated as llama.cpp")
        guard case .yarn(let yarn) = truncated.model.blueprint.rotary.scaling else {
            Issue.record("no YaRN")
            return
        }
        #expect(yarn.truncated)
        #expect(try Checkpoint.open(try Oracle("gptoss-plain").folder).ropeSummary == "plain")
    }

    @Test("a gpt-oss configuration without rope settings has YaRN by 32")
    func defaultRope() throws {
        let folder = try TemporaryFolder()
        let path = try folder.copy(try Oracle("gptoss-plain"), configuration: ["rope_parameters": nil])
        let rotary = try Checkpoint.open(path).model.blueprint.rotary
        #expect(rotary.theta == 150000)
        #expect(
            rotary.scaling
                == .yarn(.init(factor: 32, originalContext: 4096, betaFast: 32, betaSlow: 1, truncated: false)))
    }

    @Test("YaRN's attention factor follows mscale where both are given")
    func mscale() throws {
        let folder = try TemporaryFolder()
        let rope: JSON = [
            "rope_type": "yarn", "rope_theta": 10000.0, "factor": 40.0, "original_max_position_embeddings": 4096,
            "mscale": 0.707, "mscale_all_dim": 1.0,
        ]
        let path = try folder.copy(try Oracle("qwen3moe-plain"), configuration: ["rope_parameters": rope])
        guard case .yarn(let yarn) = try Checkpoint.open(path).model.blueprint.rotary.scaling else {
            Issue.record("no YaRN")
            return
        }
        // What transformers 5.23 gives for this configuration.
        #expect(abs((yarn.attentionFactor ?? 0) - 0.9210423553) < 1e-6)
        #expect(yarn.truncated)
    }

    @Test(
        "windows of a GGUF follow a period or a list",
        arguments: [
            (MetadataValue.uint32(1), [false, false, false]), (.uint32(0), [true, true, true]),
            (.uint32(3), [true, true, false]), (.array(MetadataArray([true, false, true])), [true, false, true]),
        ])
    func windowPatterns(value: MetadataValue, windowed: [Bool]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.copy(
            try Oracle("gptoss-top1"), metadata: ["gpt-oss.attention.sliding_window_pattern": value])
        let layers = try Checkpoint.open(path).model.blueprint.layers
        #expect(layers.map { $0.window != nil } == windowed)
    }

    @Test("layers of a GGUF may use different numbers of experts")
    func expertsUsedByLayer() throws {
        let folder = try TemporaryFolder()
        let used = MetadataValue.array(MetadataArray([Int32(1), 3]))
        let path = try folder.copy(try Oracle("gptoss-plain"), metadata: ["gpt-oss.expert_used_count": used])
        let checkpoint = try Checkpoint.open(path)
        #expect(checkpoint.model.blueprint.layers.map(\.activeExpertCount) == [1, 3])
        let writer = try CheckpointWriter(checkpoint.model, from: checkpoint)
        #expect(writer.file.metadata == checkpoint.archive.metadata)
    }

    @Test("teaching models open with their tokenizer, and count what they weigh")
    func teachingModels() throws {
        let gptoss = try Checkpoint.open(Fixtures.teachingModelPath("teach-gptoss-bf16.gguf"))
        #expect(gptoss.family.name == "gpt-oss")
        #expect(gptoss.containerSummary == "GGUF v3")
        #expect(gptoss.tokenizerSummary?.kind == "bpe gpt-2")
        #expect(gptoss.tokenizerSummary?.count == 2048)
        #expect(try gptoss.tokenizer().vocabulary.count == 2048)
        #expect(try gptoss.chatTemplate() == nil)
        let size = ModelSize(gptoss.model)
        #expect(size.totalBytes == gptoss.archive.tensorBytes)
        // 2 × 2048 × 256 embeddings; a layer has 16 experts of 3 × 256² weights and 3 × 256 biases.
        #expect(size.bytes[.embeddings] == 2 * 2048 * 256 * 2)
        #expect(size.bytes[.experts] == 4 * 16 * (3 * 65536 * 2 + 3 * 256 * 4))
        // A token uses 2 of 16 experts, and takes a row of the embedding.
        #expect(size.parameters - size.activeParameters == 4 * 14 * (3 * 65536 + 3 * 256) + 2048 * 256)
        #expect(size.formats.map(\.name) == ["bf16", "f32"])
    }

    @Test("a checkpoint without a tokenizer says how to do without")
    func noTokenizer() throws {
        for path in try Oracle("gptoss-plain").paths {
            let checkpoint = try Checkpoint.open(path)
            #expect(!checkpoint.hasTokenizer)
            let error = #expect(throws: BindingError.self) { _ = try checkpoint.tokenizer() }
            #expect(error?.remedy == "use token ids: run m [1, 2, 3]")
        }
    }
}
