import Formats
import Tensors

extension Matrix {
    /// Where the bytes lie that reading it touches: from the first byte of its first row to the last of its last, and
    /// likewise of scales and of the other tensors that say it.
    public var extents: [(source: any ByteSource, range: Range<Int>)] {
        guard rows > 0, columns > 0 else { return [] }
        let blocks = columns / format.blockLength
        switch layout {
        case .rows: return [(source, extent(from: offset, by: rowStride, blocks * format.blockBytes))]
        case .strided(let columnStride):
            return [(source, extent(from: offset, by: rowStride, (columns - 1) * columnStride + format.blockBytes))]
        case .scalesApart(let scales, let scalesOffset, let scalesStride):
            return [
                (source, extent(from: offset, by: rowStride, blocks * (format.blockBytes - 1))),
                (scales, extent(from: scalesOffset, by: scalesStride, blocks)),
            ]
        case .packed(let weights):
            return weights.parts.map { ($0.part.source, $0.part.offset..<$0.part.offset + $0.part.byteCount) }
        }
    }

    private func extent(from start: Int, by stride: Int, _ rowBytes: Int) -> Range<Int> {
        start..<start + (rows - 1) * stride + rowBytes
    }
}
