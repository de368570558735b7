import Inference
import Kernels

/// Matrices that are written alike: what one part of one layer holds, all of its experts together.
public struct WeightGroup: Sendable, Hashable {
    public let part: Role.Part
    /// Nil outside the layers.
    public let layer: Int?
    /// In order; an expert each, or one.
    public let roles: [Role]

    /// A model's groups, in the order of the data's way: routers, norms, biases and sinks are in none.
    public static func all(of model: Model) -> [WeightGroup] {
        var order: [[Int]] = []
        var members: [[Int]: [Role]] = [:]
        for role in model.tensors.keys.sorted() where QuantizationPlan.largeParts.contains(role.part) {
            let key = [role.layer ?? -1, role.part.rawValue]
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(role)
        }
        return order.compactMap { key in
            members[key].map { WeightGroup(part: $0[0].part, layer: $0[0].layer, roles: $0) }
        }
    }

    /// The first layer that a pass runs otherwise when the group changes; nil for the embedding, the number of layers for
    /// the output.
    func firstLayer(of model: Model) -> Int? {
        switch part {
        case .embedding: nil
        case .output: model.blueprint.layers.count
        default: layer
        }
    }

    func matrices(of model: Model) -> [(role: Role, matrix: Matrix)] {
        roles.compactMap { role in model.tensors[role].map { (role, $0) } }
    }
}
