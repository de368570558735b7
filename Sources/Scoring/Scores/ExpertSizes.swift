import Inference
import Kernels

/// What each expert of a model weighs, and the model without them.
public struct ExpertSizes: Sendable {
    /// Bytes of everything that no expert takes with it.
    public let rest: Int
    /// - Shape: [layer][expert].
    private let experts: [[Int]]

    /// Adds up a model's tensors: an expert takes its matrices and biases, its router row and its share of the bias.
    public init(_ model: Model) {
        var experts = model.blueprint.layers.map { Array(repeating: 0, count: $0.expertCount) }
        for (role, matrix) in model.tensors {
            guard let layer = role.layer, experts.indices.contains(layer), !experts[layer].isEmpty else { continue }
            if let expert = role.expert, experts[layer].indices.contains(expert) {
                experts[layer][expert] += matrix.byteCount
            } else if role.part == .router || role.part == .routerBias {
                for expert in experts[layer].indices {
                    experts[layer][expert] += matrix.byteCount / experts[layer].count
                }
            }
        }
        self.experts = experts
        rest = model.byteCount - experts.reduce(0) { $0 + $1.reduce(0, +) }
    }

    /// - Units: bytes.
    public func bytes(layer: Int, expert: Int) -> Int { experts[layer][expert] }

    /// The model with only a plan's experts.
    /// - Units: bytes.
    public func total(_ plan: Plan) -> Int {
        var sum = rest
        for (layer, row) in plan.kept.enumerated() {
            for expert in row ?? [] { sum += experts[layer][expert] }
        }
        return sum
    }
}

extension Model {
    /// What its tensors take, each counted once.
    /// - Units: bytes.
    public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }
}
