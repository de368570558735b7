import Documents
import Kernels

/// The `quantization_config` by which transformers and vLLM read a folder's packed modules.
struct QuantizationConfiguration {
    private let modules: [FolderPlans.Module]
    private let packed: [FolderPlans.Module]
    /// The object; nil where nothing is quantized.
    private(set) var json: JSON?

    /// - Parameters:
    ///   - modules: Every matrix that is a module of its own.
    ///   - hasBlocks: Whether experts are MXFP4 blocks.
    ///   - source: What the model's folder said, which AutoAWQ, GPTQ and MXFP4 models carry on.
    /// - Throws: `BindingError` for a mixture that no reader knows.
    init(_ modules: [FolderPlans.Module], hasBlocks: Bool, source: JSON?) throws(BindingError) {
        self.modules = modules
        packed = modules.filter { $0.packing != nil }
        let packings = Set(packed.compactMap(\.packing))
        guard let first = packed.first?.packing else {
            json = hasBlocks ? Self.blocks(source) : nil
            return
        }
        guard !hasBlocks else {
            throw Self.mixture("gpt-oss' MXFP4 experts and \(first.name)", "dequantize one of them as bf16")
        }
        switch first.scheme {
        case .awq?, .gptq?:
            let method = if case .awq? = first.scheme { "awq" } else { "gptq" }
            guard let source, source["quant_method"]?.asString == method else {
                throw Self.mixture("\(first.name) without its configuration", "quantize as w4a16 instead")
            }
            guard Set(packings.map(\.scheme)).count == 1 else {
                throw Self.mixture(names(packings), "dequantize one of them as bf16")
            }
            json = source
        case .fp8(.block(let rows, let columns))?:
            guard packings.count == 1 else {
                throw Self.mixture(names(packings), "use fp8-channel, which compressed-tensors mixes with others")
            }
            json = fp8(rows, columns)
        default:
            guard packings.allSatisfy(\.isCompressedTensors) else {
                throw Self.mixture(names(packings), "dequantize one of them as bf16")
            }
            json = compressedTensors()
        }
    }

    private func names(_ packings: Set<FolderPlans.Packing>) -> String {
        Set(packings.map(\.name)).sorted().joined(separator: " and ")
    }

    private static func mixture(_ what: String, _ remedy: String) -> BindingError {
        .notCarried(
            "quantization_config", "\(what) cannot be said together in one Hugging Face folder", remedy: remedy)
    }

    /// gpt-oss as released.
    private static func blocks(_ source: JSON?) -> JSON {
        if let source, source["quant_method"]?.asString == "mxfp4" { return source }
        return [
            "quant_method": "mxfp4",
            "modules_to_not_convert": [
                "model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head",
            ],
        ]
    }

    private func fp8(_ rows: Int, _ columns: Int) -> JSON {
        [
            "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic",
            "weight_block_size": [.number(JSONNumber(rows)), .number(JSONNumber(columns))],
            "modules_to_not_convert": .array(modules.filter { $0.packing == nil }.map { .string($0.name) }),
        ]
    }

    // MARK: compressed-tensors

    /// A group for each scheme. One scheme is that of every `Linear` but those ignored; several name their modules.
    private func compressedTensors() -> JSON {
        var kinds: [FolderPlans.Packing] = []
        for case let packing? in packed.map(\.packing) where !kinds.contains(packing) { kinds.append(packing) }
        var groups = JSONObject()
        for (number, kind) in kinds.enumerated() {
            var group = kind.group
            let own = patterns(modules.filter { $0.packing == kind })
            group["targets"] = .array(kinds.count == 1 ? ["Linear"] : own.map { .string($0) })
            groups["group_\(number)"] = .object(group)
        }
        let formats = Set(kinds.map(\.format))
        return [
            "quant_method": "compressed-tensors", "quantization_status": "compressed",
            "format": .string(formats.count == 1 ? formats.first ?? "" : "mixed-precision"),
            "config_groups": .object(groups),
            "ignore": .array(patterns(modules.filter { $0.packing == nil }).map { .string($0) }),
            "kv_cache_scheme": .null, "global_compression_ratio": .null,
        ]
    }

    /// The modules' names; one regular expression where a form's modules, in every layer and expert, are all among them.
    private func patterns(_ some: [FolderPlans.Module]) -> [String] {
        let counts = Dictionary(grouping: modules, by: \.form).mapValues(\.count)
        var patterns: [String] = []
        for (form, own) in Dictionary(grouping: some, by: \.form).sorted(by: { $0.key < $1.key }) {
            if own.count > 1, own.count == counts[form] {
                let escaped = form.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "\\.")
                let pattern = escaped.replacing("{layer}", with: "\\d+").replacing("{expert}", with: "\\d+")
                patterns.append("re:^\(pattern)$")
            } else {
                patterns += own.map(\.name)
            }
        }
        return patterns
    }
}
