import Architectures
import Documents
import Foundation
import Storage
import TestSupport
import Testing

@Suite("What is refused by name")
struct RefusalTests {
    private func refusal(_ name: String, _ changes: [String: JSON]) throws -> BindingError? {
        let folder = try TemporaryFolder()
        let path = try folder.copy(try Oracle(name), configuration: changes)
        return #expect(throws: BindingError.self) { _ = try Checkpoint.open(path) }
    }

    private func refusal(_ name: String, metadata changes: [String: MetadataValue?]) throws -> BindingError? {
        let folder = try TemporaryFolder()
        let path = try folder.copy(try Oracle(name), metadata: changes)
        return #expect(throws: BindingError.self) { _ = try Checkpoint.open(path) }
    }

    @Test("an unknown architecture is named with those there are")
    func unknownArchitecture() throws {
        let gguf = try refusal("gptoss-plain", metadata: ["general.architecture": .string("mamba")])
        #expect(gguf?.message == "unknown architecture \"mamba\"")
        #expect(gguf?.remedy == "Lancet opens gpt-oss, qwen3moe, qwen3, qwen2moe, qwen2, olmoe, llama")
        let folder = try refusal("gptoss-plain", ["model_type": "deepseek_v3"])
        #expect(folder?.message == "unknown model_type \"deepseek_v3\"")
        #expect(
            folder?.remedy == "Lancet opens gpt_oss, qwen3_moe, qwen3, qwen2_moe, qwen2, olmoe, mixtral, llama, mistral"
        )
    }

    @Test("without model_type, the class decides")
    func className() throws {
        let folder = try TemporaryFolder()
        let path = try folder.copy(try Oracle("qwen3moe-plain"), configuration: ["model_type": nil])
        #expect(try Checkpoint.open(path).family.name == "qwen3moe")
    }

    @Test("an unknown hyperparameter is named with its value")
    func unknownHyperparameter() throws {
        let folder = try refusal("qwen3moe-plain", ["attention_temperature": 0.5])
        #expect(folder?.code == "binding.unknown-hyperparameter")
        #expect(folder?.subject.hasSuffix("config.json, attention_temperature") == true)
        #expect(folder?.message == "unknown hyperparameter with value 0.5")
        let nested: JSON = ["rope_type": "default", "rope_theta": 10000.0, "warp": [1, 2]]
        let rope = try refusal("qwen3moe-plain", ["rope_parameters": nested])
        #expect(rope?.subject.hasSuffix("config.json, rope_parameters.warp") == true)
        let gguf = try refusal("gptoss-plain", metadata: ["gpt-oss.attention.scale": .float32(2)])
        #expect(gguf?.subject.hasSuffix("model.gguf, gpt-oss.attention.scale") == false)
        #expect(gguf?.subject.hasSuffix("gpt-oss.attention.scale") == true)
        #expect(gguf?.message == "unknown hyperparameter with value 2.0")
    }

    private static let otherComputations: [(String, [String: JSON], String)] = [
        ("gptoss-plain", ["hidden_act": "gelu"], "hidden_act"),
        ("qwen3moe-plain", ["hidden_act": "relu"], "hidden_act"),
        ("qwen3moe-plain", ["partial_rotary_factor": 0.5], "partial_rotary_factor"),
        ("qwen3moe-plain", ["rope_parameters": ["rope_type": "longrope", "factor": 8.0]], "rope_parameters.rope_type"),
        ("olmoe-plain", ["clip_qkv": 8.0], "clip_qkv"),
        ("llama-plain", ["sliding_window": 64], "sliding_window"),
        ("mixtral-plain", ["hidden_act": "gelu"], "hidden_act"),
        (
            "qwen3moe-plain", ["quantization_config": ["quant_method": "bitsandbytes"]],
            "quantization_config.quant_method"
        ),
        ("gptoss-plain", ["layer_types": ["chunked_attention", "full_attention"]], "layer_types"),
    ]

    @Test("values that mean another computation are refused", arguments: otherComputations)
    func otherComputation(name: String, changes: [String: JSON], key: String) throws {
        let error = try refusal(name, changes)
        #expect(error?.code == "binding.unsupported-hyperparameter")
        #expect(error?.subject.hasSuffix("config.json, " + key) == true)
    }

    @Test(
        "GGUF keys that mean another computation are refused",
        arguments: [
            ("gptoss-plain", "gpt-oss.rope.freq_base_swa", MetadataValue.float32(20000)),
            ("gptoss-plain", "gpt-oss.rope.dimension_count", .uint32(8)),
            ("gptoss-plain", "gpt-oss.expert_group_count", .uint32(2)),
            ("gptoss-plain", "gpt-oss.attention.causal", .bool(false)),
            ("qwen3moe-plain", "qwen3moe.expert_gating_func", .uint32(2)),
            ("qwen3moe-plain", "qwen3moe.expert_weights_norm", .bool(false)),
            ("qwen3moe-plain", "qwen3moe.rope.scaling.type", .string("longrope")),
            ("olmoe-plain", "olmoe.expert_weights_norm", .bool(true)),
            ("qwen2moe-plain", "qwen2moe.expert_weights_norm", .bool(true)),
            ("mixtral-plain", "llama.expert_weights_norm", .bool(false)),
            ("mixtral-plain", "llama.expert_gating_func", .uint32(2)),
            ("llama-plain", "llama.rope.dimension_count", .uint32(4)),
            ("qwen3-plain", "qwen3.expert_count", .uint32(4)),
        ])
    func otherGGUFComputations(name: String, key: String, value: MetadataValue) throws {
        let error = try refusal(name, metadata: [key: value])
        #expect(error?.code == "binding.unsupported-hyperparameter")
        #expect(error?.subject.hasSuffix(", " + key) == true)
    }

    @Test("keys that are absent and needed are named")
    func missingKeys() throws {
        for key in ["gpt-oss.block_count", "gpt-oss.expert_used_count", "gpt-oss.attention.sliding_window"] {
            let error = try refusal("gptoss-plain", metadata: [key: MetadataValue?.none])
            #expect(error?.code == "binding.missing-hyperparameter")
            #expect(error?.subject.hasSuffix(key) == true)
        }
    }

    @Test("hostile numbers end in an error", arguments: ["gptoss-plain", "qwen3moe-plain"])
    func hostileNumbers(name: String) throws {
        let keys = [
            "num_hidden_layers", "hidden_size", "vocab_size", "num_attention_heads", "num_key_value_heads", "head_dim",
            name == "gptoss-plain" ? "num_local_experts" : "num_experts", "num_experts_per_tok", "rms_norm_eps",
            name == "gptoss-plain" ? "intermediate_size" : "moe_intermediate_size", "max_position_embeddings",
        ]
        let values: [JSON] = [
            0, -1, 9_223_372_036_854_775_807, 4_294_967_295, 1e300, "7", [1], [:], true,
            .number(.floating(.leastNonzeroMagnitude)),
        ]
        for key in keys {
            // Any number above 0 may be an epsilon.
            for value in values where !(key == "rms_norm_eps" && (value.asInteger ?? 0) > 0) {
                if let error = try refusal(name, [key: value]) { #expect(!error.message.isEmpty) }
            }
        }
    }

    @Test("hostile lists end in an error")
    func hostileLists() throws {
        let lists: [(String, String, JSON)] = [
            ("gptoss-plain", "layer_types", ["sliding_attention"]),
            ("gptoss-plain", "layer_types", "sliding_attention"),
            ("gptoss-plain", "sliding_window", -3),
            ("gptoss-plain", "rope_parameters", "yarn"),
            ("gptoss-plain", "rope_parameters", ["rope_type": "yarn"]),
            ("gptoss-plain", "rope_parameters", ["rope_type": "yarn", "factor": -2.0]),
            ("qwen3moe-plain", "mlp_only_layers", ["one"]),
            ("qwen3moe-plain", "decoder_sparse_step", 0),
            ("qwen3moe-plain", "quantization_config", []),
        ]
        for (name, key, value) in lists
        where !(key == "rope_parameters" && value["factor"] == nil && value.asObject != nil) {
            #expect(try refusal(name, [key: value]) != nil, "\(key) \(value)")
        }
    }

    @Test("two names of the number of experts must agree")
    func expertNames() throws {
        let error = try refusal("qwen3moe-plain", ["num_local_experts": 4])
        #expect(error?.message == "5 where the 4 of num_local_experts is expected")
    }

    @Test("a configuration that is no object, or none at all, is refused")
    func configurations() throws {
        let folder = try TemporaryFolder()
        let path = try folder.copy(try Oracle("gptoss-plain"), configuration: [:])
        let file = path + "/config.json"
        try Data("[1, 2]".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: BindingError.self) { _ = try Checkpoint.open(path) }
        try Data("{".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: BindingError.self) { _ = try Checkpoint.open(path) }
        try FileManager.default.removeItem(atPath: file)
        let folderError = #expect(throws: BindingError.self) { _ = try Checkpoint.open(path) }
        #expect(folderError?.code.hasPrefix("storage.") == true)
        let fileError = #expect(throws: BindingError.self) { _ = try Checkpoint.open(path + "/model.safetensors") }
        #expect(fileError?.code == "binding.no-configuration")
    }
}
