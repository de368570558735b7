import Tensors

/// Room for all parts of packed weights in one run of bytes: codes, scales, zero points, each at a multiple of 64.
public struct PackedRoom: Sendable {
    public let scheme: PackingScheme
    public let rows: Int
    public let columns: Int
    /// The type that scales are rounded to before codes are chosen.
    public let scaleElement: PackedPart.Element
    /// All of it.
    /// - Units: bytes.
    public let byteCount: Int
    let codes: Place
    let scales: Place
    let zeroPoints: Place?

    /// A part and where it begins.
    struct Place: Sendable {
        let element: PackedPart.Element
        let shape: [Int]
        let start: Int

        var range: Range<Int> { start..<start + shape.reduce(element.size, *) }

        func part(in source: any ByteSource, at offset: Int) -> PackedPart {
            PackedPart(element: element, shape: shape, source: source, offset: offset + start)
        }
    }

    /// Nil if rows or columns do not suit the scheme.
    public init?(_ scheme: PackingScheme, rows: Int, columns: Int, scales element: PackedPart.Element = .bfloat16) {
        guard rows > 0, columns > 0, element.isScale, let coding = scheme.codes(rows: rows, columns: columns),
            let tiles = scheme.scales(rows: rows, columns: columns)
        else { return nil }
        let zeros = scheme.zeroPoints(rows: rows, columns: columns)
        guard (zeros != nil) == scheme.hasZeroPoints else { return nil }
        var end = 0
        func place(_ element: PackedPart.Element, _ shape: [Int]) -> Place {
            let place = Place(element: element, shape: shape, start: end)
            end = (place.range.upperBound + 63) / 64 * 64
            return place
        }
        self.scheme = scheme
        self.rows = rows
        self.columns = columns
        scaleElement = element
        codes = place(coding.element, coding.shape)
        scales = place(element, tiles)
        zeroPoints = zeros.map { place($0.element, $0.shape) }
        byteCount = end
    }

    /// The weights that bytes in a source say, once encoded there.
    public func matrix(in source: any ByteSource, at offset: Int) -> Matrix {
        let weights = PackedWeights(
            scheme, rows: rows, columns: columns, codes: codes.part(in: source, at: offset),
            scales: scales.part(in: source, at: offset), zeroPoints: zeroPoints?.part(in: source, at: offset))
        guard let weights else { preconditionFailure("the parts have the shapes that the scheme gave") }
        return weights.matrix
    }
}
