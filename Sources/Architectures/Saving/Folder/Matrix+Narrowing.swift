import Formats
import Kernels

/// Float32 numbers written in 16 bits where that loses nothing.
extension Matrix {
    /// Whether every element is a number of a narrower type, to the bit.
    /// - Complexity: O(elements).
    func isExact(in narrow: BlockFormat) -> Bool {
        var isExact = true
        forEachRow { row in
            for value in row {
                let back = Self.widened(Self.narrowed(value, narrow), narrow)
                if back.bitPattern != value.bitPattern { isExact = false }
            }
            return isExact
        }
        return isExact
    }

    /// Lends the elements in a narrower type that holds them exactly.
    /// - Parameter order: the order of the rows, or of a vector's elements; nil for that in which they lie.
    func forEachNarrowed(
        to narrow: BlockFormat, in order: RowRearrangement? = nil, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try forEachFloatPiece(in: order) { bytes in
            try Self.encoded(bytes.bindMemory(to: Float.self), as: narrow).withUnsafeBytes { try body($0) }
        }
    }

    /// Numbers in a type of 16 or 32 bits that holds them exactly.
    static func encoded(_ values: some Collection<Float>, as format: BlockFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * format.blockBytes)
        for value in values {
            if format == .f32 {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            } else {
                withUnsafeBytes(of: narrowed(value, format).littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    /// Decodes rows in turn, until the body has seen enough.
    func forEachRow(_ body: (UnsafeBufferPointer<Float>) -> Bool) {
        let compute = Compute(threads: 1)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { row in
            guard let start = row.baseAddress else { return }
            for index in 0..<rows {
                compute.decodeRow(self, row: index, into: start)
                if !body(UnsafeBufferPointer(row)) { return }
            }
        }
    }

    private static func narrowed(_ value: Float, _ format: BlockFormat) -> UInt16 {
        format == .f16 ? Float16(value).bitPattern : UInt16(truncatingIfNeeded: value.bitPattern >> 16)
    }

    private static func widened(_ bits: UInt16, _ format: BlockFormat) -> Float {
        format == .f16 ? Float(Float16(bitPattern: bits)) : Float(bitPattern: UInt32(bits) << 16)
    }
}
