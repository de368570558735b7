import Formats
import Kernels
import Storage
import Tensors

/// The tensors that packed weights are written as, under the names that their layout's readers expect.
struct PackedNames {
    private let packed: PackedWeights
    private let stem: String

    init(_ packed: PackedWeights, stem: String) {
        self.packed = packed
        self.stem = stem
    }

    /// The plans, codes first.
    var plans: [TensorPlan] {
        var plans = packed.parts.map { kind, part in
            TensorPlan(
                name: stem + suffix(kind), format: Self.format(part.element), shape: part.shape,
                parts: [Self.contents(part)])
        }
        if case .words = packed.scheme {
            let shape = [Int64(packed.rows), Int64(packed.columns)].map(\.littleEndian)
            plans.append(
                TensorPlan(name: stem + ".weight_shape", format: .plain(.i64), shape: [2]) { sink in
                    try shape.withUnsafeBytes { try sink($0) }
                })
        }
        return plans
    }

    /// Copied where it lies in a file; what is yet to be encoded comes when its turn does.
    private static func contents(_ part: PackedPart) -> TensorPlan.Part {
        if let deferred = part.source as? any DeferredSource, !deferred.isReady {
            return .produce { sink in try part.withBytes { try sink($0) } }
        }
        return .copy(SourceRange(part.source, part.offset..<part.offset + part.byteCount))
    }

    private func suffix(_ kind: PackingScheme.Kind) -> String {
        switch packed.scheme {
        case .awq, .gptq:
            [.codes: ".qweight", .scales: ".scales", .zeroPoints: ".qzeros", .groupIndex: ".g_idx"][kind] ?? ""
        case .words:
            [
                .codes: ".weight_packed", .scales: ".weight_scale", .zeroPoints: ".weight_zero_point",
                .groupIndex: ".weight_g_idx",
            ][kind] ?? ""
        case .fp8(.block):
            [.codes: ".weight", .scales: ".weight_scale_inv"][kind] ?? ""
        case .fp8, .bytes:
            [
                .codes: ".weight", .scales: ".weight_scale", .zeroPoints: ".weight_zero_point",
                .groupIndex: ".weight_g_idx",
            ][kind] ?? ""
        }
    }

    private static func format(_ element: PackedPart.Element) -> TensorFormat {
        switch element {
        case .int32: .plain(.i32)
        case .int8: .plain(.i8)
        case .float8: .plain(.f8_e4m3)
        case .float16: .block(.f16)
        case .bfloat16: .block(.bf16)
        case .float32: .block(.f32)
        }
    }
}
