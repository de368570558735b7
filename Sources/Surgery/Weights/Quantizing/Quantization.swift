import Formats
import Inference
import Kernels
import Storage
import Tensors

/// A plan carried out: tensors encoded anew.
public struct Quantization: Sendable {
    public let plan: QuantizationPlan

    public init(_ plan: QuantizationPlan) { self.plan = plan }

    /// The model with these tensors in their new formats; each is encoded when it is first read or saved.
    ///
    /// A tensor that is quantized already is decoded first; its first rounding stays.
    /// - Parameter importance: What errors are weighed by; a tensor that it has not seen is rounded without.
    /// - Throws: `StorageError` without room on disk.
    public func applied(
        to model: Model, compute: Compute, importance: Importance? = nil, spill: SpillFile = SpillFile()
    ) throws -> Edit {
        guard !plan.entries.isEmpty else {
            return Edit(model: model, summary: "quantize: every selected tensor is as \(plan.title) has it already")
        }
        let chosen = plan.entries.filter { model.tensors[$0.role] != nil }
        let orders = chosen.compactMap { entry in
            model.tensors[entry.role].map {
                DeferredEncoding.Order($0, as: entry.to, importance: importance?.weights(of: entry.role))
            }
        }
        let matrices = try DeferredEncoding.matrices(orders, compute: compute, spill: spill)
        var edited = model
        for (entry, matrix) in zip(chosen, matrices) { edited.tensors[entry.role] = matrix }
        return Edit(
            model: edited,
            summary: "quantize \(plan.entries.count) tensors as \(plan.title): \(plan.bytesBefore) bytes to "
                + "\(plan.bytesAfter)",
            notes: plan.notes)
    }
}
