import Tensors

extension SampleMatrix {
    /// Random codes and zero points under random scales; nil where the scheme does not suit so many columns.
    ///
    /// Words may hold codes of many rows, so that rows are the first of a matrix of a few more.
    init?(_ scheme: PackingScheme, rows: Int, columns: Int, seed: UInt64) {
        let height = (rows + 31) / 32 * 32
        guard let room = PackedRoom(scheme, rows: height, columns: columns, scales: .float16) else { return nil }
        let random = KeyedRandom(seed: seed, purpose: "packed weights \(rows) × \(columns)")
        var bytes = (0..<room.byteCount).map { UInt8(truncatingIfNeeded: random.bits($0)) }
        for place in stride(from: room.scales.range.lowerBound, to: room.scales.range.upperBound, by: 2) {
            // Of magnitudes from 1/128 to 1/64, of both signs.
            bytes[place + 1] = bytes[place + 1] & 0x83 | 0x20
        }
        let matrix = room.matrix(in: MemorySource(bytes), at: 0).rows(0..<rows)
        let compute = Compute(threads: 1, variant: .portable)
        self.init(
            matrix: matrix,
            values: KernelCheck.filled(rows * columns) { compute.decodeRows(matrix, 0..<rows, into: $0) })
    }

    /// A taller matrix of the same scheme whose parts' bytes are those of this one over and over.
    static func repeated(_ weights: PackedWeights, rows: Int) -> Matrix? {
        let height = (rows + 31) / 32 * 32
        guard let room = PackedRoom(weights.scheme, rows: height, columns: weights.columns, scales: .float16) else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: room.byteCount)
        for (place, part) in [(room.codes, weights.codes), (room.scales, weights.scales)]
            + (room.zeroPoints.flatMap { place in weights.zeroPoints.map { [(place, $0)] } } ?? [])
        {
            part.withBytes { part in
                for (index, target) in place.range.enumerated() { bytes[target] = part[index % part.count] }
            }
        }
        return room.matrix(in: MemorySource(bytes), at: 0).rows(0..<rows)
    }
}
