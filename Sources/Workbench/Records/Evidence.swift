import Inference
import Language
import Tensors

/// The lines that prove a value: its digest, and what tells where another run differs.
enum Evidence {
    /// Elements of an array whose bits are written out.
    private static let spelledOut = 512

    static func lines(_ name: String, _ value: Value) -> [String] {
        if case .nothing = value { return [] }
        var lines = ["\(name) sha256:\(ValueDigest.of(value))"]
        if case .number(let number) = value { lines.append("  bits \(String(number.value.bitPattern, radix: 16))") }
        guard case .object(let object) = value else { return lines }
        if let model = object as? ModelValue { lines += tensors(of: model) }
        if let tensor = object as? TensorValue { lines += elements(of: tensor.tensor) }
        return lines
    }

    /// A digest for each tensor of the file; for a stack one for each expert's slab, so that a moved slab keeps its own.
    private static func tensors(of model: ModelValue) -> [String] {
        WeightTable(owner: model, layer: nil).entries.map { entry in
            let matrices = entry.roles.compactMap { model.model.tensors[$0] }
            let digests = matrices.map { MatrixDigests.shared.digest(of: $0).prefix(16) }
            return "  \(entry.name) " + digests.joined(separator: " ")
        }
    }

    private static func elements(of tensor: Tensor) -> [String] {
        if tensor.count <= spelledOut {
            let bits = tensor.values.map { String(($0.isNaN ? Float.nan : $0).bitPattern, radix: 16) }
            return ["  bits " + bits.joined(separator: " ")]
        }
        guard let rows = tensor.shape.first, rows <= spelledOut else { return [] }
        let digests = (0..<rows).map { row -> Substring in
            var digest = ValueDigest()
            digest.mix(tensor[first: row])
            return digest.text.prefix(16)
        }
        return ["  rows " + digests.joined(separator: " ")]
    }
}
