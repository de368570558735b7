import Formats
import Kernels
import Tensors

/// How a weight matrix is written: the target of a quantization.
public enum WeightFormat: Hashable, Sendable {
    /// Blocks, as GGUF has them.
    case block(BlockFormat)
    /// Several tensors together, as Hugging Face's folders have them.
    case packed(PackingScheme)

    /// What a matrix is written in now.
    public init(_ matrix: Matrix) { self = matrix.packed.map { .packed($0.scheme) } ?? .block(matrix.format) }

    /// The formats that Lancet writes, in display order.
    public static let writable: [WeightFormat] =
        Compute.encodable.map { .block($0) } + PackingScheme.all.map { .packed($0) }

    /// Whether Lancet writes it: those formats, and packings that differ from theirs in their groups.
    public var isWritable: Bool {
        switch self {
        case .block: Self.writable.contains(self)
        case .packed(let scheme): PackedRoom.encodes(scheme)
        }
    }

    /// The spelling at the prompt, such as `q4_k`.
    public var name: String {
        switch self {
        case .block(let format): format.name
        case .packed(let scheme): scheme.name
        }
    }

    /// Whether several tensors say a matrix.
    var isPacked: Bool { if case .packed = self { true } else { false } }

    /// Whether writing in it rounds to few codes, so that writing again would round twice.
    public var isQuantized: Bool {
        switch self {
        case .block(let format): format.blockLength > 1
        case .packed: true
        }
    }

    /// Bytes of a matrix, nil where its rows do not fit.
    public func byteCount(rows: Int, columns: Int) -> Int? {
        switch self {
        case .block(let format): format.rowBytes(columns).map { $0 * rows }
        case .packed(let scheme):
            PackedRoom(scheme, rows: rows, columns: columns).map {
                $0.matrix(in: MemorySource([UInt8]()), at: 0).byteCount
            }
        }
    }

    /// Bytes that it takes while it is made, every part at a place of its own; nil where its rows do not fit.
    func roomBytes(rows: Int, columns: Int) -> Int? {
        switch self {
        case .block: byteCount(rows: rows, columns: columns)
        case .packed(let scheme): PackedRoom(scheme, rows: rows, columns: columns)?.byteCount
        }
    }

    /// Rows that have to be encoded together.
    func rowsTogether(rows: Int, columns: Int) -> Int {
        switch self {
        case .block: 1
        case .packed(let scheme): PackedRoom(scheme, rows: rows, columns: columns)?.rowsTogether ?? 1
        }
    }

    /// The same format, or what stands in for it where rows do not fit; nil where nothing does, so that the tensor stays.
    public func fitting(columns: Int) -> WeightFormat? {
        switch self {
        case .block(let format): .block(format.fitting(columns: columns))
        case .packed: byteCount(rows: 128, columns: columns) == nil ? nil : self
        }
    }

    /// The matrix of this format that lies in a run of `roomBytes` bytes.
    func matrix(rows: Int, columns: Int, in source: any ByteSource, at offset: Int) -> Matrix {
        switch self {
        case .block(let format):
            return Matrix(
                rows: rows, columns: columns, format: format, source: source, offset: offset,
                rowStride: format.rowBytes(columns) ?? 0)
        case .packed(let scheme):
            guard let room = PackedRoom(scheme, rows: rows, columns: columns) else {
                preconditionFailure("a plan holds only what fits")
            }
            return room.matrix(in: source, at: offset)
        }
    }
}
