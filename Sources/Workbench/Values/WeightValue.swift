import Documents
import Formats
import Inference
import Kernels
import Language
import Plots
import Tensors

/// One of a model's tensors, where it lies: a role's own, or a stack of experts under its name in the file.
public struct WeightValue: SessionValue {
    public let owner: ModelValue
    /// Its name in the file, or a path such as `layers[2].experts[7].down`.
    public let name: String
    /// The roles it holds: one, or an expert each.
    public let roles: [Role]

    public var typeName: String { "weight" }

    private var matrices: [Matrix] { roles.compactMap { owner.model.tensors[$0] } }

    /// - Shape: [expert,] [row,] column.
    var shape: [Int] {
        guard let first = matrices.first else { return [] }
        let own = first.rows == 1 ? [first.columns] : [first.rows, first.columns]
        return roles.count > 1 ? [roles.count] + own : own
    }

    var formats: [String] {
        var names: [String] = []
        for matrix in matrices where !names.contains(matrix.formatName) { names.append(matrix.formatName) }
        return names
    }

    var byteCount: Int { matrices.reduce(0) { $0 + $1.byteCount } }

    /// Statistics over every element, decoded row by row.
    func statistics() -> TensorStatistics {
        let compute = Compute(threads: 1)
        var statistics = TensorStatistics([])
        for matrix in matrices {
            var row = [Float](repeating: 0, count: matrix.columns)
            for index in 0..<matrix.rows {
                compute.decodeRow(matrix, row: index, into: &row)
                statistics.add(row)
            }
        }
        return statistics
    }

    /// The weight decoded to float32.
    func decoded() -> TensorValue {
        let compute = Compute(threads: 1)
        var values: [Float] = []
        for matrix in matrices {
            var row = [Float](repeating: 0, count: matrix.columns)
            for index in 0..<matrix.rows {
                compute.decodeRow(matrix, row: index, into: &row)
                values += row
            }
        }
        let axes = shape.count == 1 ? ["channel"] : shape.count == 2 ? ["row", "column"] : ["expert", "row", "column"]
        return TensorValue(Tensor(shape: shape, axes: axes, values: values), title: name)
    }

    public var members: [Member] {
        [
            Member("shape"), Member("type", "its block format"), Member("bytes"),
            Member("values", "decoded to float32, as a tensor"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "shape": return .list(shape.map { .number($0) })
        case "type": return .text(formats.joined(separator: ", "))
        case "bytes": return .number(Double(byteCount), .bytes)
        case "values": return .object(decoded())
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        try decoded().subscripted(indices)
    }

    public func text(_ options: TextOptions) -> String {
        let shape = "[" + shape.map(String.init).joined(separator: ", ") + "]"
        let line = "\(name) · \(shape) · \(formats.joined(separator: ", ")) · \(NumberText.bytes(byteCount))"
        return line + "\n" + statistics().text
    }

    public var json: JSON {
        let statistics = statistics()
        return .fields([
            ("name", .string(name)), ("shape", .array(shape.map { .whole($0) })),
            ("type", .string(formats.joined(separator: ", "))), ("bytes", .whole(byteCount)),
            ("min", .finite(statistics.smallest)), ("max", .finite(statistics.largest)),
            ("mean", .finite(statistics.mean)), ("rms", .finite(statistics.rootMeanSquare)),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        for matrix in matrices { digest.mix(matrix) }
    }
}

extension ValueDigest {
    /// Mixes the digest of an encoded matrix.
    mutating func mix(_ matrix: Matrix) { mix(MatrixDigests.shared.digest(of: matrix)) }

    /// Mixes geometry and bytes of an encoded matrix, in row order wherever the rows lie.
    mutating func mixBytes(of matrix: Matrix) {
        mix(matrix.rows)
        mix(matrix.columns)
        mix(matrix.formatName)
        switch matrix.layout {
        case .rows:
            let width = matrix.columns / matrix.format.blockLength * matrix.format.blockBytes
            let span = matrix.rows == 0 ? 0 : (matrix.rows - 1) * matrix.rowStride + width
            matrix.source.withBytes(matrix.offset..<matrix.offset + span) { bytes in
                if matrix.rowStride == width { return mix(bytes: bytes) }
                for row in 0..<matrix.rows {
                    let start = row * matrix.rowStride
                    mix(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + width]))
                }
            }
        case .strided, .scalesApart, .packed:
            let compute = Compute(threads: 1)
            var row = [Float](repeating: 0, count: matrix.columns)
            for index in 0..<matrix.rows {
                compute.decodeRow(matrix, row: index, into: &row)
                mix(row)
            }
        }
    }
}
