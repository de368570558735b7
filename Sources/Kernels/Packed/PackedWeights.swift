import Formats
import Tensors

/// Weights that several tensors say together, or some rows of them.
public struct PackedWeights: Sendable {
    public let scheme: PackingScheme
    public let codes: PackedPart
    public let scales: PackedPart
    public let zeroPoints: PackedPart?
    /// The group of each column, where columns were quantized in another order than they lie in.
    public let groupIndex: PackedPart?
    /// Rows and columns of the whole matrix that the parts say.
    public let rows: Int
    public let columns: Int
    /// The first row of this view.
    public let firstRow: Int

    /// A matrix of parts whose bytes lie inside their sources.
    ///
    /// Nil if a part's shape or type is not what the scheme calls for, or if one is missing or too many.
    public init?(
        _ scheme: PackingScheme, rows: Int, columns: Int, codes: PackedPart, scales: PackedPart,
        zeroPoints: PackedPart? = nil, groupIndex: PackedPart? = nil
    ) {
        guard rows > 0, columns > 0, let coding = scheme.codes(rows: rows, columns: columns),
            codes.element == coding.element, codes.shape == coding.shape,
            let tiles = scheme.scales(rows: rows, columns: columns), scales.element.isScale,
            scales.shape == tiles || (tiles == [1] && scales.shape.allSatisfy { $0 == 1 })
        else { return nil }
        let zeros = scheme.zeroPoints(rows: rows, columns: columns)
        guard (zeros == nil) != scheme.hasZeroPoints, (zeros == nil) == (zeroPoints == nil) else { return nil }
        if let zeros, let zeroPoints {
            guard zeroPoints.element == zeros.element, zeroPoints.shape == zeros.shape else { return nil }
        }
        if let groupIndex {
            guard groupIndex.element == .int32, groupIndex.shape == [columns],
                scheme.tile.count(rows: rows, columns: columns).down == rows
            else { return nil }
        }
        self.init(
            scheme, rows: rows, columns: columns, firstRow: 0, codes: codes, scales: scales, zeroPoints: zeroPoints,
            groupIndex: groupIndex)
    }

    private init(
        _ scheme: PackingScheme, rows: Int, columns: Int, firstRow: Int, codes: PackedPart, scales: PackedPart,
        zeroPoints: PackedPart?, groupIndex: PackedPart?
    ) {
        self.scheme = scheme
        self.rows = rows
        self.columns = columns
        self.firstRow = firstRow
        self.codes = codes
        self.scales = scales
        self.zeroPoints = zeroPoints
        self.groupIndex = groupIndex
    }

    /// The parts there are, in the order in which they are kept.
    public var parts: [(kind: PackingScheme.Kind, part: PackedPart)] {
        var parts: [(PackingScheme.Kind, PackedPart)] = [(.codes, codes), (.scales, scales)]
        if let zeroPoints { parts.append((.zeroPoints, zeroPoints)) }
        if let groupIndex { parts.append((.groupIndex, groupIndex)) }
        return parts
    }

    /// Bytes of all parts of the whole matrix.
    public var byteCount: Int { parts.reduce(0) { $0 + $1.part.byteCount } }

    /// The matrix, for a forward pass to read.
    public var matrix: Matrix { matrix(rows: rows) }

    /// Some rows from one on.
    func matrix(rows: Int) -> Matrix {
        Matrix(
            rows: rows, columns: columns, format: .f32, source: codes.source, offset: codes.offset, rowStride: 0,
            layout: .packed(self))
    }

    /// The same weights seen from a later row.
    func dropping(rows count: Int) -> PackedWeights {
        PackedWeights(
            scheme, rows: rows, columns: columns, firstRow: firstRow + count, codes: codes, scales: scales,
            zeroPoints: zeroPoints, groupIndex: groupIndex)
    }

    /// Whether another value is the same view of the same bytes.
    public func isSame(as other: PackedWeights) -> Bool {
        let (ours, theirs) = (parts, other.parts)
        return scheme == other.scheme && firstRow == other.firstRow && rows == other.rows && columns == other.columns
            && ours.count == theirs.count
            && zip(ours, theirs).allSatisfy { $0.kind == $1.kind && $0.part.isSame(as: $1.part) }
    }

    /// Weights of the same shape and scheme that are all zero: scales and codes of zero bytes.
    public func zeros() -> PackedWeights {
        func blank(_ part: PackedPart) -> PackedPart {
            PackedPart(
                element: part.element, shape: part.shape,
                source: MemorySource([UInt8](repeating: 0, count: part.byteCount)))
        }
        return PackedWeights(
            scheme, rows: rows, columns: columns, firstRow: firstRow, codes: blank(codes), scales: blank(scales),
            zeroPoints: zeroPoints.map(blank), groupIndex: groupIndex)
    }
}
