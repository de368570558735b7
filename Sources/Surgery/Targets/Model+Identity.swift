import Inference
import Kernels
import Tensors

extension Model {
    /// Whether another value is the same version of the same model: the same weights where they lie, the same
    /// restrictions, the same interventions.
    public func isSameVersion(as other: Model) -> Bool {
        guard blueprint == other.blueprint, keptExperts == other.keptExperts,
            interventions.count == other.interventions.count, tensors.count == other.tensors.count
        else { return false }
        let hasSameTensors = tensors.allSatisfy { role, matrix in
            other.tensors[role].map { matrix.isSameView(as: $0) } ?? false
        }
        return hasSameTensors && zip(interventions, other.interventions).allSatisfy { $0.isSame(as: $1) }
    }
}

extension Matrix {
    func isSameView(as other: Matrix) -> Bool {
        if let packed, let theirs = other.packed { return rows == other.rows && packed.isSame(as: theirs) }
        return packed == nil && other.packed == nil && source === other.source && offset == other.offset
            && rowStride == other.rowStride && rows == other.rows
            && columns == other.columns && format == other.format
    }
}

extension Intervention {
    func isSame(as other: Intervention) -> Bool {
        guard site == other.site, part == other.part, positions == other.positions else { return false }
        switch (action, other.action) {
        case (.zero, .zero): return true
        case (.constant(let a), .constant(let b)): return a.map(\.bitPattern) == b.map(\.bitPattern)
        case (.replace(let a), .replace(let b)):
            return a.shape == b.shape && zip(a.values, b.values).allSatisfy { $0.bitPattern == $1.bitPattern }
        case (.scale(let a), .scale(let b)): return a == b
        default: return false
        }
    }
}
