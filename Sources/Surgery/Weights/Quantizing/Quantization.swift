import Formats
import Inference
import Kernels
import Storage
import Tensors

/// A plan carried out: tensors encoded anew.
public struct Quantization: Sendable {
    public let plan: QuantizationPlan

    public init(_ plan: QuantizationPlan) { self.plan = plan }

    /// Encodes the tensors into room on disk that is given back with the last who uses it.
    ///
    /// A tensor that is quantized already is decoded first; its first rounding stays.
    /// - Parameter importance: What errors are weighed by; a tensor that it has not seen is rounded without.
    /// - Throws: `StorageError` without room; `Interrupted`, checked before every tensor.
    public func applied(
        to model: Model, compute: Compute, importance: Importance? = nil, spill: SpillFile = SpillFile(),
        progress: ((Int) -> Void)? = nil
    ) throws -> Edit {
        guard !plan.entries.isEmpty else {
            return Edit(model: model, summary: "quantize: every selected tensor is as \(plan.title) has it already")
        }
        var starts: [Int] = []
        var total = 0
        for entry in plan.entries {
            starts.append(total)
            total += entry.roomBytes
        }
        let room = try spill.append(byteCount: total) { bytes in
            for (number, entry) in plan.entries.enumerated() {
                try Interruption.check()
                progress?(number)
                if let matrix = model.tensors[entry.role] {
                    let part = starts[number]..<starts[number] + entry.roomBytes
                    compute.encode(
                        matrix, as: entry.to, importance: importance?.weights(of: entry.role),
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[part]))
                }
            }
        }
        var edited = model
        for (entry, start) in zip(plan.entries, starts) {
            guard let matrix = model.tensors[entry.role] else { continue }
            edited.tensors[entry.role] = entry.to.matrix(
                rows: matrix.rows, columns: matrix.columns, in: room.source, at: room.offset + start)
        }
        return Edit(
            model: edited,
            summary: "quantize \(plan.entries.count) tensors as \(plan.title): \(plan.bytesBefore) bytes to "
                + "\(plan.bytesAfter)",
            notes: plan.notes)
    }
}
