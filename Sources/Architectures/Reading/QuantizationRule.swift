import Documents
import Kernels

/// What `quantization_config` says about tensors that several parts make up.
///
/// Which tensors are packed, with how many bits and in which groups, is read from the parts' own types and shapes; the
/// configuration says which layout they follow. Rounding of activations, which some methods ask for at run time, is not
/// done: activations stay float32.
struct QuantizationRule: Sendable {
    /// The layouts.
    enum Method: String, Sendable, CaseIterable {
        case fp8, compressedTensors = "compressed-tensors", awq, gptq
    }

    let method: Method
    /// Rows and columns that share a scale, where several of each do.
    var block: ScaleTile?
    /// Columns that share a scale; nil for all of them.
    var group: Int?
    /// Bits of integer codes that are kept in bytes, by the columns that share a scale (0 for all).
    var byteBits: [Int: Int] = [:]
    /// What GPTQ's zero points are short of.
    var zeroBias = 1

    /// Reads the object; nil where there is none, or where it names a method that a family reads by itself.
    /// - Throws: `BindingError` for a layout that Lancet does not read.
    init?(_ keys: Hyperparameters) throws(BindingError) {
        var keys = keys
        guard var group = try keys.group("quantization_config") else { return nil }
        let name = try group.text("quant_method") ?? ""
        guard let method = Method(rawValue: name) else { return nil }
        self.method = method
        switch method {
        case .fp8: try readFP8(&group)
        case .compressedTensors: try readCompressedTensors(&group)
        case .awq: try readAWQ(&group)
        case .gptq: try readGPTQ(&group)
        }
    }

    private mutating func readFP8(_ keys: inout Hyperparameters) throws(BindingError) {
        try keys.expect("fmt", ["e4m3", "float8_e4m3fn"])
        block = .block(rows: 128, columns: 128)
        try readBlock(&keys, "weight_block_size")
    }

    private mutating func readBlock(_ keys: inout Hyperparameters, _ key: String) throws(BindingError) {
        guard let value = keys.value(key) else { return }
        let sizes = value.asArray?.compactMap(\.asInteger) ?? []
        guard sizes.count == 2, sizes.allSatisfy({ (1...Hyperparameters.sizeLimit).contains($0) }) else {
            throw keys.bad(key, value, "rows and columns of a block")
        }
        block = .block(rows: sizes[0], columns: sizes[1])
    }

    private mutating func readCompressedTensors(_ keys: inout Hyperparameters) throws(BindingError) {
        let formats: [JSON] = [
            "pack-quantized", "int-quantized", "float-quantized", "naive-quantized", "mxfp4-pack-quantized",
            "mixed-precision", "dense",
        ]
        try keys.expect("format", formats)
        if var sparsity = try keys.group("sparsity_config") { try sparsity.expect("format", ["dense"]) }
        if let transforms = try keys.group("transform_config"), !transforms.isEmpty {
            throw keys.unsupported("transform_config", .object(transforms.values))
        }
        guard let groups = try keys.group("config_groups") else { return }
        for member in groups.values.members {
            var groups = groups
            guard var one = try groups.group(member.key), var weights = try one.group("weights") else { continue }
            try one.expect("format", formats)
            try weights.expect("type", ["int", "float"])
            let bits = try weights.integer("num_bits", in: 1...16) ?? 8
            let size = try weights.integer("group_size", in: -1...Hyperparameters.sizeLimit) ?? 0
            byteBits[max(0, size)] = bits
            try readBlock(&weights, "block_structure")
        }
    }

    private mutating func readAWQ(_ keys: inout Hyperparameters) throws(BindingError) {
        _ = try keys.integer("bits", in: 4...4)
        _ = try keys.integer("w_bit", in: 4...4)
        try keys.expect("zero_point", [true])
        guard ["gemm", nil].contains(try keys.text("version")?.lowercased()) else {
            throw keys.unsupported("version", keys.value("version") ?? .null)
        }
        try readGroup(&keys, ["group_size", "q_group_size"])
    }

    private mutating func readGPTQ(_ keys: inout Hyperparameters) throws(BindingError) {
        try keys.expect("bits", [2, 3, 4, 8])
        try keys.expect("checkpoint_format", ["gptq", "gptq_v2"])
        if try keys.text("checkpoint_format") == "gptq_v2" { zeroBias = 0 }
        try readGroup(&keys, ["group_size"])
    }

    private mutating func readGroup(_ keys: inout Hyperparameters, _ names: [String]) throws(BindingError) {
        for name in names {
            guard let size = try keys.integer(name, in: -1...Hyperparameters.sizeLimit), size > 0 else { continue }
            group = size
        }
    }
}
