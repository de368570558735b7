import Kernels
import Tensors
import Testing

/// Scales of packed integers where some columns matter more than others.
struct ClippedScaleTests {
    /// Rows with a few large values, and how strongly each column is used.
    private static let (rows, columns) = (6, 256)
    private static let values = (0..<rows * columns).map { index in
        let random = KeyedRandom(seed: 5, purpose: "values")
        let value = Float(random.index(below: 2001, index) - 1000) / 1000
        return index % 37 == 0 ? value * 4 : value
    }
    private static let importance = (0..<columns).map { column in
        Float(1 + KeyedRandom(seed: 6, purpose: "importance").index(below: 50, column))
    }

    /// The nearest bfloat16, as scales are kept.
    private static func bfloat16(_ value: Float) -> Float {
        Float(bitPattern: (value.bitPattern + 0x7FFF + (value.bitPattern >> 16 & 1)) & 0xFFFF_0000)
    }

    private func decoded(_ scheme: PackingScheme, importance: [Float]?) throws -> [Float] {
        let (rows, columns) = (Self.rows, Self.columns)
        let room = try #require(PackedRoom(scheme, rows: rows, columns: columns))
        var bytes = [UInt8](repeating: 0, count: room.byteCount)
        Self.values.withUnsafeBufferPointer { values in
            bytes.withUnsafeMutableBytes {
                room.encode(values, rows: 0..<rows, importance: importance, into: $0)
            }
        }
        let (matrix, compute) = (room.matrix(in: MemorySource(bytes), at: 0), Compute(threads: 1))
        return (0..<rows).flatMap { row in
            var values = [Float](repeating: 0, count: columns)
            compute.decodeRow(matrix, row: row, into: &values)
            return values
        }
    }

    /// Σ w (x − x̂)² of each group of 64.
    private func errors(_ decoded: [Float]) -> [Double] {
        stride(from: 0, to: decoded.count, by: 64).map { start in
            (start..<start + 64).reduce(0) { sum, index in
                let difference = Double(Self.values[index]) - Double(decoded[index])
                return sum + Double(Self.importance[index % Self.columns]) * difference * difference
            }
        }
    }

    @Test func noGroupIsFurtherOffAndNoneOfTenScalesIsNearer() throws {
        let scheme = PackingScheme.words(bits: 4, .group(64), isSymmetric: true)
        let plain = errors(try decoded(scheme, importance: nil))
        let clipped = errors(try decoded(scheme, importance: Self.importance))
        for (a, b) in zip(clipped, plain) { #expect(a <= b * 1.00001) }
        #expect(clipped.reduce(0, +) < 0.95 * plain.reduce(0, +))
        for group in clipped.indices {
            let values = Self.values[group * 64..<(group + 1) * 64]
            let whole = Self.bfloat16(values.reduce(Float(0)) { max($0, $1.magnitude) } / 7.5)
            for step in 0..<10 {
                let scale = Self.bfloat16(whole * (1 - Float(step) / 20))
                let error = values.indices.reduce(0.0) { sum, index in
                    let code = min(max((values[index] / scale).rounded(.toNearestOrEven), -8), 7)
                    let difference = Double(values[index]) - Double(code * scale)
                    return sum + Double(Self.importance[index % Self.columns]) * difference * difference
                }
                #expect(clipped[group] <= error * 1.0001, "group \(group), step \(step)")
            }
        }
    }

    @Test(arguments: [PackingScheme.w8a16, .w8a8, .w4a8, .fp8(.channel)])
    func otherIntegersLoseNothing(scheme: PackingScheme) throws {
        let plain = errors(try decoded(scheme, importance: nil)).reduce(0, +)
        let clipped = errors(try decoded(scheme, importance: Self.importance)).reduce(0, +)
        #expect(clipped <= plain * 1.00001)
    }
}
