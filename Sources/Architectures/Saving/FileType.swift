import Formats
import Storage

/// The number that `general.file_type` gives to a file's prevailing format.
/// - Source: llama.cpp, `llama_ftype`.
enum FileType {
    private static let numbers: [UInt32: UInt32] = [
        BlockFormat.f32.id: 0, BlockFormat.f16.id: 1, BlockFormat.q4_0.id: 2, BlockFormat.q4_1.id: 3,
        BlockFormat.q8_0.id: 7, BlockFormat.q5_0.id: 8, BlockFormat.q5_1.id: 9, BlockFormat.q2_k.id: 10,
        BlockFormat.q3_k.id: 12, BlockFormat.q4_k.id: 15, BlockFormat.q5_k.id: 17, BlockFormat.q6_k.id: 18,
        BlockFormat.iq4_nl.id: 25, BlockFormat.iq4_xs.id: 30, BlockFormat.bf16.id: 32, BlockFormat.tq1_0.id: 36,
        BlockFormat.tq2_0.id: 37, BlockFormat.mxfp4.id: 38, BlockFormat.nvfp4.id: 39, BlockFormat.q1_0.id: 40,
        BlockFormat.q2_0.id: 41,
    ]

    /// The number of the format that most weights have; nil if it has none.
    static func number(of tensors: [TensorPlan]) -> UInt32? {
        var weights: [UInt32: Int] = [:]
        for plan in tensors where plan.shape.count > 1 {
            if let id = plan.format.ggmlID { weights[id, default: 0] += plan.shape.reduce(1, *) }
        }
        // Of formats with as many weights, the one with the lowest ggml number.
        let prevailing = weights.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return prevailing.flatMap { numbers[$0.key] }
    }

    /// Writes file type and, where blocks are quantized, the version of their layout.
    /// - Parameter known: The number of the recipe that the tensors follow, if they follow one.
    static func describe(_ tensors: [TensorPlan], known: UInt32? = nil, in metadata: inout Metadata) {
        if let number = known ?? number(of: tensors) { metadata["general.file_type"] = .uint32(number) }
        describeQuantization(tensors, in: &metadata)
    }

    /// Says which version of ggml's blocks is meant, if there are any and nothing is said yet.
    static func describeQuantization(_ tensors: [TensorPlan], in metadata: inout Metadata) {
        let isQuantized = tensors.contains { ($0.format.blockFormat?.blockLength ?? 1) > 1 }
        if isQuantized, metadata["general.quantization_version"] == nil {
            metadata["general.quantization_version"] = .uint32(2)
        }
    }
}
