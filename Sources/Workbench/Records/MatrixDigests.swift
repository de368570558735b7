import Formats
import Kernels
import Synchronization
import Tensors

/// Digests of encoded matrices, each computed once a process: an edit shares every tensor that it does not touch.
final class MatrixDigests: Sendable {
    static let shared = MatrixDigests()

    /// A view, known by its source and where it lies in it. The source is held, so that its identity stays its own.
    private struct Key: Hashable {
        let source: ObjectIdentifier
        let scales: ObjectIdentifier?
        let place: [Int]
    }

    private struct Entry {
        let digest: String
        let source: any ByteSource
    }

    private let held = Mutex<[Key: Entry]>([:])

    /// The digest of a matrix's geometry and bytes.
    func digest(of matrix: Matrix) -> String {
        let key = Self.key(matrix)
        if let entry = held.withLock({ $0[key] }) { return entry.digest }
        var digest = ValueDigest()
        digest.mixBytes(of: matrix)
        let text = digest.text
        held.withLock { $0[key] = Entry(digest: text, source: matrix.source) }
        return text
    }

    private static func key(_ matrix: Matrix) -> Key {
        var place = [matrix.rows, matrix.columns, Int(matrix.format.id), matrix.offset, matrix.rowStride]
        var apart: ObjectIdentifier?
        switch matrix.layout {
        case .rows: place.append(0)
        case .strided(let columnStride): place += [1, columnStride]
        case .scalesApart(let scales, let offset, let stride):
            place += [2, offset, stride]
            apart = ObjectIdentifier(scales)
        case .packed(let weights):
            place += [3, weights.firstRow, weights.scheme.hashValue]
            for part in weights.parts.dropFirst() { place += [part.part.offset, part.part.byteCount] }
            apart = ObjectIdentifier(weights.scales.source)
        }
        return Key(source: ObjectIdentifier(matrix.source), scales: apart, place: place)
    }
}
