import Documents
import Kernels

/// What compressed-tensors' `config_groups` say of a packing.
extension FolderPlans.Packing {
    /// The scheme; nil for MXFP4.
    var scheme: PackingScheme? { if case .scheme(let scheme, _) = self { scheme } else { nil } }

    /// The spelling shown to people.
    var name: String { scheme?.name ?? "mxfp4" }

    /// Whether compressed-tensors has the layout.
    var isCompressedTensors: Bool {
        switch scheme {
        case .fp8(.block)?, .awq?, .gptq?: false
        case .fp8?, .words?, .bytes?, nil: true
        }
    }

    /// compressed-tensors' name of the layout.
    var format: String {
        switch scheme {
        case .words?: "pack-quantized"
        case .bytes?: "int-quantized"
        case .fp8?, .awq?, .gptq?: "float-quantized"
        case nil: "mxfp4-pack-quantized"
        }
    }

    /// The group, its targets apart.
    var group: JSONObject {
        var group = JSONObject()
        group["format"] = .string(format)
        group["weights"] = .object(weights)
        group["input_activations"] = activations
        group["output_activations"] = .null
        return group
    }

    private var weights: JSONObject {
        guard case .scheme(let scheme, let isOrdered) = self else {
            var weights = Self.arguments(bits: 4, isFloat: true, isDynamic: false)
            weights["strategy"] = "group"
            weights["group_size"] = 32
            return weights
        }
        let isFloat = if case .fp8 = scheme { true } else { false }
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
        let isFloat: Bool
        switch scheme {
        case .words?, nil: return .null
        case .fp8?: isFloat = true
        case .bytes?, .awq?, .gptq?: isFloat = false
        }
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
