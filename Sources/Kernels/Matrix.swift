import Formats
import Tensors

/// An encoded weight of `rows` × `columns` that stays where it lies: a view over a byte source.
///
/// Row r holds the weights of output r; a product with a vector of `columns` elements gives `rows` elements. A vector is
/// a matrix of one row. It never changes; it is an object because thousands of them are handed from table to table, and so
/// each costs one count of references rather than one for every part.
public final class Matrix: Sendable {
    /// How the elements of a row are reached.
    public enum Layout: Sendable {
        /// A row is a run of whole blocks; row r begins at `offset + r * rowStride`.
        case rows
        /// Element (r, c) stands alone at `offset + r * rowStride + c * columnStride`: Hugging Face's transposed experts.
        case strided(columnStride: Int)
        /// MXFP4 as Hugging Face lays it out: 16 bytes a block at `offset + r * rowStride`, byte j holding elements 2j
        /// and 2j + 1, and a scale byte a block at `scalesOffset + r * scalesStride` of `scales`.
        case scalesApart(scales: any ByteSource, scalesOffset: Int, scalesStride: Int)
        /// Several tensors say the weights together, which are float32 once decoded: `format` is f32, and source, offset
        /// and strides are those of the codes.
        case packed(PackedWeights)
    }

    public let rows: Int
    public let columns: Int
    public let format: BlockFormat
    public let source: any ByteSource
    /// Where row 0 begins in the source.
    /// - Units: bytes.
    public let offset: Int
    /// How far one row begins behind another.
    /// - Units: bytes.
    public let rowStride: Int
    public let layout: Layout
    /// The kernels that its rows, or its elements, are read by.
    let rowLayout: RowLayout?
    /// Whether its bytes may have to be made first.
    let isDeferred: Bool

    /// A view whose every byte lies inside its source; the door that builds it has checked that.
    public init(
        rows: Int, columns: Int, format: BlockFormat, source: any ByteSource, offset: Int, rowStride: Int,
        layout: Layout = .rows
    ) {
        self.rows = rows
        self.columns = columns
        self.format = format
        self.source = source
        self.offset = offset
        self.rowStride = rowStride
        self.layout = layout
        rowLayout = RowLayout(format: format, apart: layout.keepsScalesApart)
        isDeferred = source.isDeferred
    }

    /// The bytes its elements take in the source, scales included, gaps between rows not.
    /// - Units: bytes.
    public var byteCount: Int {
        guard let packed else { return rows * (columns / format.blockLength) * format.blockBytes }
        return rows == packed.rows ? packed.byteCount : packed.byteCount * rows / packed.rows
    }

    /// The tensors that say the weights together; nil where blocks say them.
    public var packed: PackedWeights? { if case .packed(let weights) = layout { weights } else { nil } }

    /// The spelling of how it is encoded, shown to people: `bf16`, `q4_k`, `fp8`, `w4a16`.
    public var formatName: String { packed?.scheme.name ?? format.name }

    /// The same matrix with some of its rows, still a view.
    public func rows(_ range: Range<Int>) -> Matrix {
        let layout: Layout =
            switch layout {
            case .rows, .strided: layout
            case .scalesApart(let scales, let start, let stride):
                .scalesApart(scales: scales, scalesOffset: start + range.lowerBound * stride, scalesStride: stride)
            case .packed(let weights): .packed(weights.dropping(rows: range.lowerBound))
            }
        return Matrix(
            rows: range.count, columns: columns, format: format, source: source,
            offset: offset + range.lowerBound * rowStride, rowStride: rowStride, layout: layout)
    }
}
