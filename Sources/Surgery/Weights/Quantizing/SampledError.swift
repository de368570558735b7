import Kernels
import Tensors

/// How far a tensor would move if it were written in another format, measured on some of its rows.
public struct SampledError: Sendable, Hashable {
    /// Σ w (x − x̂)² over the sampled rows; w is the importance of the column, or 1.
    public var squaredError = 0.0
    /// Σ w x² over the same rows.
    public var squaredValues = 0.0

    public init() {}

    /// √(Σ w (x − x̂)² / Σ w x²): the root mean square of the error as a share of that of the weights.
    public var relative: Double {
        squaredValues > 0 ? (squaredError / squaredValues).squareRoot() : 0
    }

    public static func + (a: SampledError, b: SampledError) -> SampledError {
        var sum = a
        sum.squaredError += b.squaredError
        sum.squaredValues += b.squaredValues
        return sum
    }

    /// Encodes and decodes rows at even distances, the first and the last among them; where rows share scales, as many
    /// together as do.
    /// - Parameter count: How many places to look at.
    public static func measure(
        _ matrix: Matrix, as format: WeightFormat, importance: [Float]? = nil, places count: Int = 8, compute: Compute
    ) -> SampledError {
        let together = min(format.rowsTogether(rows: matrix.rows, columns: matrix.columns), 128, matrix.rows)
        let last = matrix.rows - together
        let number = min(count, last / max(1, together) + 1)
        var result = SampledError()
        for place in 0..<number {
            let first = number == 1 ? 0 : place * last / (number - 1)
            result = result + of(matrix.rows(first..<first + together), format, importance, compute)
        }
        return result
    }

    private static func of(
        _ rows: Matrix, _ format: WeightFormat, _ importance: [Float]?, _ compute: Compute
    ) -> SampledError {
        var result = SampledError()
        guard let room = format.roomBytes(rows: rows.rows, columns: rows.columns) else { return result }
        var bytes = [UInt8](repeating: 0, count: room)
        bytes.withUnsafeMutableBytes { compute.encode(rows, as: format, importance: importance, into: $0) }
        let encoded = format.matrix(rows: rows.rows, columns: rows.columns, in: MemorySource(bytes), at: 0)
        var values = [Float](repeating: 0, count: rows.columns)
        var again = values
        for row in 0..<rows.rows {
            compute.decodeRow(rows, row: row, into: &values)
            compute.decodeRow(encoded, row: row, into: &again)
            for column in values.indices {
                let weight = Double(importance?[column] ?? 1)
                let (x, difference) = (Double(values[column]), Double(values[column] - again[column]))
                result.squaredValues += weight * x * x
                result.squaredError += weight * difference * difference
            }
        }
        return result
    }
}
