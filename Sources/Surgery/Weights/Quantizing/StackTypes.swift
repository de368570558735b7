import Inference
import Kernels

/// Expert matrices of one part of one layer that differ in format, which a GGUF stack cannot hold.
public struct MixedStack: Sendable, Hashable {
    public let part: Role.Part
    public let layer: Int
    /// The experts, in order.
    public let roles: [Role]
    /// Their formats, each once, the one with the most bits first.
    public let formats: [WeightFormat]

    /// The stacks of a model whose experts differ, in the order of the data's way.
    public static func all(in model: Model) -> [MixedStack] {
        WeightGroup.all(of: model).compactMap { group in
            guard let layer = group.layer, group.roles.count > 1 else { return nil }
            var bytes: [WeightFormat: Int] = [:]
            for (_, matrix) in group.matrices(of: model) { bytes[WeightFormat(matrix)] = matrix.byteCount }
            guard bytes.count > 1 else { return nil }
            let formats = bytes.sorted { ($1.value, $0.key.name) < ($0.value, $1.key.name) }.map(\.key)
            return MixedStack(part: group.part, layer: layer, roles: group.roles, formats: formats)
        }
    }
}

extension QuantizationPlan {
    /// Gives every mixed stack the widest of its formats: what was rounded more coarsely keeps that rounding, and nearly
    /// nothing is lost besides.
    /// - Throws: `SurgeryError` for a stack whose widest format Lancet only reads.
    public init(wideningStacksOf model: Model) throws(SurgeryError) {
        var formats: [Role: WeightFormat] = [:]
        for stack in MixedStack.all(in: model) { for role in stack.roles { formats[role] = stack.formats[0] } }
        try self.init(of: model, formats, title: "the widest type of each stack")
    }
}
