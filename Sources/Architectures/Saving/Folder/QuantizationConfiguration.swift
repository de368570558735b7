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
        packed = modules.filter { $0.scheme != nil }
        guard let scheme = packed.first?.scheme else {
            json = hasBlocks ? Self.blocks(source) : nil
            return
        }
        guard !hasBlocks else {
            throw Self.mixture("MXFP4 experts and \(scheme.name)", "dequantize one of them as bf16")
        }
        let schemes = Set(packed.compactMap(\.scheme))
        switch scheme {
        case .awq, .gptq:
            let method = if case .awq = scheme { "awq" } else { "gptq" }
            guard let source, source["quant_method"]?.asString == method else {
                throw Self.mixture("\(scheme.name) without its configuration", "quantize as w4a16 instead")
            }
            guard schemes.count == 1 else { throw Self.mixture(names(schemes), "dequantize one of them as bf16") }
            json = source
        case .fp8(.block(let rows, let columns)):
            guard schemes.count == 1 else {
                throw Self.mixture(names(schemes), "use fp8-channel, which compressed-tensors mixes with others")
            }
            json = fp8(rows, columns)
        default:
            guard schemes.allSatisfy(\.isCompressedTensors) else {
                throw Self.mixture(names(schemes), "dequantize one of them as bf16")
            }
            json = compressedTensors()
        }
    }

    private func names(_ schemes: Set<PackingScheme>) -> String {
        schemes.map(\.name).sorted().joined(separator: " and ")
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
            "modules_to_not_convert": .array(modules.filter { $0.scheme == nil }.map { .string($0.name) }),
        ]
    }

    // MARK: compressed-tensors

    /// A group for each scheme. One scheme is that of every `Linear` but those ignored; several name their modules.
    private func compressedTensors() -> JSON {
        var kinds: [Kind] = []
        for module in packed {
            guard let scheme = module.scheme else { continue }
            let kind = Kind(scheme: scheme, isOrdered: module.isOrdered)
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        var groups = JSONObject()
        for (number, kind) in kinds.enumerated() {
            let own = modules.filter { $0.scheme == kind.scheme && $0.isOrdered == kind.isOrdered }
            var group = kind.json
            group["targets"] = .array(kinds.count == 1 ? ["Linear"] : patterns(own).map { .string($0) })
            groups["group_\(number)"] = .object(group)
        }
        let formats = Set(kinds.map(\.format))
        return [
            "quant_method": "compressed-tensors", "quantization_status": "compressed",
            "format": .string(formats.count == 1 ? formats.first ?? "" : "mixed-precision"),
            "config_groups": .object(groups),
            "ignore": .array(patterns(modules.filter { $0.scheme == nil }).map { .string($0) }),
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

    /// A scheme as compressed-tensors tells schemes apart.
    private struct Kind: Hashable {
        let scheme: PackingScheme
        let isOrdered: Bool

        var format: String {
            switch scheme {
            case .words: "pack-quantized"
            case .bytes: "int-quantized"
            case .fp8, .awq, .gptq: "float-quantized"
            }
        }

        /// The group, its targets apart.
        var json: JSONObject {
            var group = JSONObject()
            group["format"] = .string(format)
            group["weights"] = .object(weights)
            group["input_activations"] = activations
            group["output_activations"] = .null
            return group
        }

        private var isFloat: Bool { if case .fp8 = scheme { true } else { false } }

        private var weights: JSONObject {
            var weights = Self.arguments(bits: scheme.bits, isFloat: isFloat, isDynamic: false)
            weights["symmetric"] = .boolean(!scheme.hasZeroPoints)
            switch scheme.tile {
            case .tensor: weights["strategy"] = "tensor"
            case .channel: weights["strategy"] = "channel"
            case .group(let length):
                weights["strategy"] = "group"
                weights["group_size"] = .number(JSONNumber(length))
            case .block(let rows, let columns):
                weights["strategy"] = "block"
                weights["block_structure"] = [.number(JSONNumber(rows)), .number(JSONNumber(columns))]
            }
            if isOrdered { weights["actorder"] = "group" }
            return weights
        }

        /// 8-bit codes and bytes are multiplied with activations that are rounded to 8 bits, token by token.
        private var activations: JSON {
            if case .words = scheme { return .null }
            var arguments = Self.arguments(bits: 8, isFloat: isFloat, isDynamic: true)
            arguments["strategy"] = "token"
            return .object(arguments)
        }

        private static func arguments(bits: Int, isFloat: Bool, isDynamic: Bool) -> JSONObject {
            var arguments = JSONObject()
            arguments["num_bits"] = .number(JSONNumber(bits))
            arguments["type"] = isFloat ? "float" : "int"
            arguments["symmetric"] = true
            arguments["strategy"] = .null
            arguments["group_size"] = .null
            arguments["block_structure"] = .null
            arguments["dynamic"] = .boolean(isDynamic)
            arguments["actorder"] = .null
            return arguments
        }
    }
}

extension PackingScheme {
    /// Whether compressed-tensors has the layout.
    fileprivate var isCompressedTensors: Bool {
        switch self {
        case .fp8(.block), .awq, .gptq: false
        case .fp8, .words, .bytes: true
        }
    }
}
