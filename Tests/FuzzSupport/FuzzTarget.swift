import Foundation
import TestSupport

/// A reader of foreign files, what it is first given, and how its inputs are damaged.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// One GGUF file.
    case gguf
    /// A GGUF file opened as a model, tokenizer included.
    case checkpoint
    /// One safetensors file.
    case safetensors
    /// `model.safetensors.index.json` beside sound shards.
    case index
    /// An importance matrix, of either kind.
    case imatrix
    /// `tokenizer.json`.
    case tokenizer
    /// `config.json` beside sound tensors.
    case configuration
    /// A whole Hugging Face folder: configuration, tokenizer and tensors, packed ones too.
    case folder
    /// A chat template, messages and a reply, see `ChatBundle`.
    case chat

    /// Its part of all inputs: readers that are slower or have less to go wrong get fewer.
    public var share: Int {
        switch self {
        case .gguf: 32
        case .safetensors: 24
        case .imatrix: 24
        case .tokenizer: 2
        case .configuration: 6
        case .checkpoint: 4
        case .index: 4
        case .folder: 4
        case .chat: 8
        }
    }

    /// Sound files of the fixtures, and the inputs that were kept.
    public func seeds() throws -> [[UInt8]] {
        let whole = try (files.map(Fixtures.path) + kept()).map {
            Array(try Data(contentsOf: URL(fileURLWithPath: $0)))
        }
        let chats = try self == .chat ? ChatBundle.fixtures().map(\.bytes) : []
        return try (folders.map { try FolderBundle(folder: Fixtures.path($0)).bytes } + chats + whole)
            .filter { $0.count <= Mutator.longest }
    }

    /// The inputs kept in `Tests/Fixtures/fuzz`, sorted by name.
    public func kept() throws -> [String] {
        let folder = Fixtures.path("fuzz/" + rawValue)
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
    }

    private var files: [String] {
        switch self {
        case .gguf:
            ["aligned", "every-type", "no-tensors", "split-00001-of-00003", "version-2"].map { "containers/\($0).gguf" }
        case .checkpoint:
            ["gptoss-q4_0", "mixtral-q4_0", "olmoe-q8_0", "qwen2moe-q8_0", "llama-q8_0", "qwen3moe-q4_0"].map {
                "oracles/\($0)/model.gguf"
            } + ["tokenizers/spm-tiny.gguf"]
        case .safetensors: ["containers/bare.safetensors", "containers/every-type.safetensors"]
        case .index: ["oracles/gptoss-sharded/model.safetensors.index.json"]
        case .imatrix: ["imatrix.dat", "imatrix.gguf", "oldest.dat"].map { "importance/" + $0 }
        case .tokenizer:
            ["small-gpt-4o", "small-llama-bpe", "small-qwen2", "spm-first", "spm-prepend", "spm-always", "spm-replace"]
                .map {
                    "tokenizers/\($0).json"
                }
        case .configuration:
            [
                "oracles/gptoss-mxfp4", "oracles/gptoss-yarn", "oracles/mixtral-windowed", "oracles/olmoe-plain",
                "oracles/qwen2moe-sparse", "oracles/llama-stretched", "oracles/mistral-windowed", "oracles/qwen3-yarn",
                "oracles/qwen3moe-sparse-step", "packed/awq", "packed/w4a16", "packed/fp8",
            ].map { $0 + "/config.json" }
        case .folder, .chat: []
        }
    }

    private var folders: [String] {
        guard self == .folder else { return [] }
        return [
            "awq", "fp8", "fp8-channel", "gptq", "gptq-3bit-v2", "mxfp4", "w4a16", "w4a16-asymmetric", "w4a8",
            "w8a16-ordered", "w8a8",
        ].map { "packed/" + $0 }
            + ["gptoss-every-expert", "gptoss-unbiased", "qwen2-windowed", "qwen2moe-unbiased", "mistral-windowed"].map
        {
            "oracles/" + $0
        }
    }

    /// An input made of others, no larger than `Mutator.longest`.
    public func mutated(_ input: [UInt8], other: [UInt8], by mutator: inout Mutator) -> [UInt8] {
        let changed = damaged(input, other: other, by: &mutator)
        return changed.count > Mutator.longest ? Array(changed.prefix(Mutator.longest)) : changed
    }

    private func damaged(_ input: [UInt8], other: [UInt8], by mutator: inout Mutator) -> [UInt8] {
        switch self {
        case .gguf, .imatrix, .checkpoint:
            guard mutator.random.oneIn(2), let moved = mutator.rearranged(input, other: other) else {
                return mutator.mutated(input, other: other, within: GGUFOutline(input).map { 0..<$0.headerEnd })
            }
            return mutator.random.oneIn(2) ? moved : mutator.mutated(moved, other: other)
        case .safetensors:
            guard !mutator.random.oneIn(4), let moved = mutator.reheaded(input, other: other) else {
                return mutator.mutated(input, other: other)
            }
            return moved
        case .folder: return FolderBundle(input).damaged(other: FolderBundle(other), by: &mutator)
        case .chat: return mutator.mutated(input, other: other)
        case .index, .tokenizer, .configuration:
            return mutator.random.oneIn(2)
                ? mutator.restructured(input, other: other) : mutator.mutated(input, other: other)
        }
    }

    /// Words of the format.
    public var words: [String] {
        let json = ["null", "true", "false", "[]", "{}", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "[[]]", "{\"a\":1}"]
        switch self {
        case .gguf, .imatrix, .checkpoint:
            return [
                "GGUF", "general.alignment", "general.architecture", "general.type", "imatrix", "split.no",
                "split.count",
                "split.tensors.count", "imatrix.datasets", "imatrix.chunk_count", ".in_sum2", ".counts",
                "tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.ggml.scores", "tokenizer.ggml.token_type",
                "gpt-oss",
                "qwen2moe", "olmoe", "qwen3", "qwen3moe", "llama", "gpt-oss.block_count",
                "gpt-oss.expert_count", "gpt-oss.embedding_length", "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
                "\u{FFFD}",
            ]
        case .safetensors:
            return json + [
                "\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"__metadata__\":", "\"F32\"", "\"F4\"",
                "\"F6_E2M3\"",
                "\"BF16\"", "\"C64\"", "\"F8_E8M0\"", "\"I64\"", "[0,0]", "[1,1,1,1]", "   ",
            ]
        case .chat:
            return [
                ChatBundle.separator, ChatBundle.separator + "0", ChatBundle.separator + "1",
                ChatBundle.separator + "2",
                "<|im_start|>", "<|im_end|>", "<|start|>", "<|channel|>", "analysis", "final", "<|message|>", "<|end|>",
                "<|return|>", "[INST]", "[/INST]", "<<SYS>>", "<|start_header_id|>", "<|eot_id|>", "<think>",
                "</think>",
                "{{ bos_token }}", "{% for message in messages %}", "\u{0}", "\u{301}", "\n\n",
            ]
        case .index:
            return json + ["\"weight_map\":", "\"metadata\":", "\"model-00002-of-00003.safetensors\"", "\"../\""]
        case .tokenizer:
            return json + [
                "\"added_tokens\":", "\"id\":", "\"content\":", "\"special\":true", "\"normalizer\":",
                "\"pre_tokenizer\":",
                "\"model\":", "\"type\":\"BPE\"", "\"vocab\":", "\"merges\":", "\"byte_fallback\":true", "\"Sequence\"",
                "\"Split\"", "\"ByteLevel\"", "\"Regex\"", "\"ignore_merges\":true", "\"Ġ\"",
            ]
        case .configuration, .folder:
            return json + [
                "\"model_type\":", "\"gpt_oss\"", "\"qwen3_moe\"", "\"mixtral\"", "\"olmoe\"", "\"llama\"",
                "\"num_hidden_layers\":", "\"hidden_size\":", "\"num_local_experts\":", "\"num_experts_per_tok\":",
                "\"head_dim\":", "\"num_attention_heads\":", "\"num_key_value_heads\":", "\"vocab_size\":",
                "\"rope_scaling\":", "\"rope_parameters\":", "\"layer_types\":", "\"sliding_attention\"",
                "\"quantization_config\":", "\"quant_method\":", "\"intermediate_size\":", "\"group_size\":",
                "\"compressed-tensors\"", "\"pack-quantized\"", "\"num_bits\":", "\"strategy\":", "\"block\"",
                "\"actorder\":", "\"targets\":", "\"ignore\":", "\"re:.*\"", "\"weight_block_size\":", "\"desc_act\":",
                "\"modules_to_not_convert\":", "\"zero_point\":", "\"checkpoint_format\":",
            ]
        }
    }
}
