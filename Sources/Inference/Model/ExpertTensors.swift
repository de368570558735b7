import Kernels
import Synchronization

/// What the experts of one layer are made of, by number: a pass asks for each of them, several times.
final class ExpertTensors: Sendable {
    /// The parts that an expert has of its own.
    private static let parts: [Role.Part] = [.gate, .gateBias, .up, .upBias, .down, .downBias]
    private let matrices: [[Matrix?]]

    init(_ tensors: [Role: Matrix], layer: Int, count: Int) {
        matrices = Self.parts.map { part in
            (0..<count).map { tensors[Role(part, layer: layer, expert: $0)] }
        }
    }

    /// A part of all experts; empty for what no expert has of its own.
    subscript(part: Role.Part) -> [Matrix?] {
        Self.parts.firstIndex(of: part).map { matrices[$0] } ?? []
    }
}

/// The experts of a model's layers, each layer's put together when it is first asked for.
final class ExpertTables: Sendable {
    private let layers = Mutex<[Int: ExpertTensors]>([:])

    func layer(_ layer: Int, make: () -> ExpertTensors) -> ExpertTensors {
        if let known = layers.withLock({ $0[layer] }) { return known }
        let made = make()
        layers.withLock { $0[layer] = made }
        return made
    }
}
