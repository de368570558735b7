import Formats
import Inference
import Kernels
import Storage

/// Finds weights that several tensors make up, under the names that quantizers give those instead of `X.weight`.
///
///     compressed-tensors  X.weight_packed or X.weight, X.weight_scale, X.weight_zero_point, X.weight_g_idx, X.weight_shape
///     fp8                 X.weight, X.weight_scale_inv
///     awq, gptq           X.qweight, X.qzeros, X.scales, X.g_idx
struct PackedTensors {
    let archive: Archive
    let rule: QuantizationRule

    /// Whether there is anything under another name.
    func holds(_ name: String) -> Bool {
        guard let stem = Self.stem(name) else { return false }
        return archive[stem + ".weight_packed"] != nil || archive[stem + ".qweight"] != nil
    }

    /// The matrix of a name; nil where an ordinary tensor bears it.
    /// - Throws: `BindingError` for parts that are missing or do not belong together.
    func matrix(
        _ name: String, rows: Int, columns: Int, used: inout Set<String>
    ) throws(BindingError) -> Matrix? {
        guard let stem = Self.stem(name) else { return nil }
        var parts = Parts(archive: archive, stem: stem)
        let matrix: Matrix?
        if parts.holds(".weight_packed") {
            matrix = try words(&parts, rows, columns)
        } else if parts.holds(".qweight") {
            matrix = try transposed(&parts, rows, columns)
        } else {
            matrix = try codes(&parts, rows, columns)
        }
        guard matrix != nil else { return nil }
        // What only speaks of activations, or repeats the shape.
        for suffix in [
            ".weight_shape", ".input_scale", ".input_zero_point", ".activation_scale", ".input_global_scale",
        ] {
            parts.skip(suffix)
        }
        used.formUnion(parts.used)
        return matrix
    }

    private static func stem(_ name: String) -> String? {
        name.hasSuffix(".weight") ? String(name.dropLast(".weight".count)) : nil
    }

    /// Words along rows, or bytes of two E2M1 codes with a power of two for every 32.
    private func words(_ parts: inout Parts, _ rows: Int, _ columns: Int) throws(BindingError) -> Matrix {
        let codes = try parts.entry(".weight_packed")
        let scales = try parts.entry(".weight_scale")
        if codes.format == .plain(.u8), scales.format == .plain(.u8) || scales.format == .plain(.f8_e8m0) {
            guard columns % 32 == 0, codes.shape == [rows, columns / 2], scales.shape == [rows, columns / 32] else {
                throw parts.mismatch(rows, columns)
            }
            return Matrix(
                rows: rows, columns: columns, format: .mxfp4, source: codes.source, offset: codes.offset,
                rowStride: columns / 2,
                layout: .scalesApart(
                    scales: scales.source, scalesOffset: scales.offset, scalesStride: columns / 32))
        }
        guard codes.shape.count == 2, codes.shape[0] == rows,
            let bits = (2...8).first(where: { (columns * $0 + 31) / 32 == codes.shape[1] })
        else { throw parts.mismatch(rows, columns) }
        let isSymmetric = !parts.holds(".weight_zero_point")
        let tile = try tile(scales, rows, columns, parts)
        return try parts.matrix(
            .words(bits: bits, tile, isSymmetric: isSymmetric), rows, columns, codes: codes, scales: scales,
            zeroPoints: ".weight_zero_point", groupIndex: ".weight_g_idx")
    }

    /// Bytes: E4M3 or integers.
    private func codes(_ parts: inout Parts, _ rows: Int, _ columns: Int) throws(BindingError) -> Matrix? {
        guard let codes = archive[parts.stem + ".weight"] else { return nil }
        let isFloat = codes.format == .plain(.f8_e4m3)
        guard isFloat || codes.format == .plain(.i8) else { return nil }
        parts.skip(".weight")
        let scales = try parts.entry(parts.holds(".weight_scale_inv") ? ".weight_scale_inv" : ".weight_scale")
        let tile = try tile(scales, rows, columns, parts)
        if isFloat { return try parts.matrix(.fp8(tile), rows, columns, codes: codes, scales: scales) }
        let group = if case .group(let length) = tile { length } else { 0 }
        return try parts.matrix(
            .bytes(bits: rule.byteBits[group] ?? 8, tile, isSymmetric: !parts.holds(".weight_zero_point")), rows,
            columns, codes: codes, scales: scales, zeroPoints: ".weight_zero_point", groupIndex: ".weight_g_idx")
    }

    /// AutoAWQ's and GPTQ's words, packed across rows.
    private func transposed(_ parts: inout Parts, _ rows: Int, _ columns: Int) throws(BindingError) -> Matrix {
        let codes = try parts.entry(".qweight")
        let scales = try parts.entry(".scales")
        guard codes.shape.count == 2, scales.shape.count == 2, scales.shape[0] > 0 else {
            throw parts.mismatch(rows, columns)
        }
        let count = scales.shape[0]
        // A configuration's -1, or a layer that was given groups of its own.
        let group = rule.group.flatMap { (columns + $0 - 1) / $0 == count ? $0 : nil } ?? (columns + count - 1) / count
        let scheme: PackingScheme
        switch rule.method {
        case .awq: scheme = .awq(group: group)
        case .gptq:
            let bits = codes.shape[0] * 32 / columns
            scheme = .gptq(bits: bits, group: group, zeroBias: rule.zeroBias)
        case .fp8, .compressedTensors:
            throw BindingError(
                code: "binding.type", subject: "\(archive.path), \(codes.name)",
                message: "AutoAWQ and GPTQ name weights so, but quant_method is \(rule.method.rawValue)",
                remedy: "the folder's parts do not belong together: take them from their source again")
        }
        return try parts.matrix(
            scheme, rows, columns, codes: codes, scales: scales, zeroPoints: ".qzeros", groupIndex: ".g_idx")
    }

    /// What a scale stands for, by how many there are.
    private func tile(
        _ scales: TensorEntry, _ rows: Int, _ columns: Int, _ parts: Parts
    ) throws(BindingError) -> ScaleTile {
        let shape = scales.shape
        if let block = rule.block {
            let count = block.count(rows: rows, columns: columns)
            if shape == [count.down, count.across] { return block }
        }
        if shape.allSatisfy({ $0 == 1 }), rows > 1 || shape.count < 2 { return .tensor }
        guard shape.count == 2, shape[1] > 0 else { throw parts.mismatch(rows, columns) }
        if shape == [rows, 1] { return .channel }
        guard shape[0] == rows, columns % shape[1] == 0 else { throw parts.mismatch(rows, columns) }
        return .group(columns / shape[1])
    }
}
