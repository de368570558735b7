import Kernels

/// The second derivative of a layer's output error by one row of its weights: H = 2/n Σ x xᵀ over what it is multiplied with.
///
/// It is the same for every row of a matrix.
/// - Source: Frantar et al., 2023, GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers.
public final class Hessian {
    /// Columns of the matrix.
    public let count: Int
    /// Inputs it was taken over.
    public let inputCount: Int
    /// The lower triangle; what is above it mirrors it.
    /// - Shape: [count, count].
    let values: UnsafeMutablePointer<Double>

    /// Adds up products of inputs, in their order.
    /// - Shape: inputs [rows, count].
    /// - Complexity: O(rows · count²).
    public init(of inputs: UnsafeBufferPointer<Float>, count: Int, compute: Compute) {
        self.count = count
        inputCount = count == 0 ? 0 : inputs.count / count
        values = .allocate(capacity: max(1, count * count))
        values.initialize(repeating: 0, count: count * count)
        let step = 256
        let rows = UnsafeMutablePointer<Double>.allocate(capacity: step * max(1, count))
        let columns = UnsafeMutablePointer<Double>.allocate(capacity: step * max(1, count))
        defer {
            rows.deallocate()
            columns.deallocate()
        }
        for start in stride(from: 0, to: inputCount, by: step) {
            let depth = min(step, inputCount - start)
            for row in 0..<depth {
                for column in 0..<count {
                    let value = Double(inputs[(start + row) * count + column])
                    rows[row * count + column] = value
                    // What is subtracted is minus the product.
                    columns[column * depth + row] = -value
                }
            }
            compute.pool.forEachRange(count, chunk: 32) { part in
                compute.subtractProducts(
                    columns + part.lowerBound * depth, stride: depth, rows, stride: count, rows: part.count,
                    columns: part.upperBound, depth: depth, from: self.values + part.lowerBound * count, stride: count)
            }
        }
        let scale = inputCount == 0 ? 0 : 2 / Double(inputCount)
        for row in 0..<count {
            for column in 0...row {
                let value = self.values[row * count + column] * scale
                self.values[row * count + column] = value
                self.values[column * count + row] = value
            }
        }
    }

    deinit { values.deallocate() }

    /// How strongly each column is used: the mean square of its inputs, twice.
    /// - Shape: [count].
    public var diagonal: [Double] { (0..<count).map { values[$0 * count + $0] } }

    /// Columns in the order in which their errors cost most, the first first; equal ones by index.
    var strongestFirst: [Int] {
        let diagonal = diagonal
        return (0..<count).sorted { (diagonal[$1], $0) < (diagonal[$0], $1) }
    }

    /// The mean squared error of a matrix' output when a row of its weights is off by that much: δ H δᵀ / 2.
    /// - Shape: difference [count].
    public func outputError(of difference: [Double]) -> Double {
        var total = 0.0
        for row in 0..<count where difference[row] != 0 {
            var sum = 0.0
            for column in 0..<count { sum += values[row * count + column] * difference[column] }
            total += difference[row] * sum
        }
        return total / 2
    }
}

/// The upper Cholesky factor of a damped Hessian's inverse, columns in the order in which they are to be quantized.
///
/// Row i says how the error made at column i is made up for by the columns behind it.
final class FeedbackFactor {
    let count: Int
    /// The matrix' column at each place.
    let order: [Int]
    /// - Shape: [count, count], zero below the diagonal.
    let values: UnsafeMutablePointer<Double>

    /// - Parameters:
    ///   - damping: What is added to the diagonal, as a share of its mean.
    ///   - order: The columns in their order.
    /// - Throws: `SurgeryError` if damping does not make the Hessian positive definite, as where inputs are not numbers.
    init(_ hessian: Hessian, damping: Double, order: [Int], compute: Compute, subject: String) throws(SurgeryError) {
        let count = hessian.count
        self.count = count
        self.order = order
        values = .allocate(capacity: max(1, count * count))
        let lower = UnsafeMutablePointer<Double>.allocate(capacity: max(1, count * count))
        defer { lower.deallocate() }
        // With H reversed, R = L Lᵀ, the inverse's upper factor is L⁻¹ reversed.
        let reversed = Array(order.reversed())
        let diagonal = hessian.diagonal
        let mean = diagonal.reduce(0, +) / Double(max(1, count))
        for (row, i) in reversed.enumerated() {
            for (column, j) in reversed[...row].enumerated() {
                lower[row * count + column] = hessian.values[i * count + j]
            }
            // A column that is never used has no part in anyone's error.
            if diagonal[i] == 0 { lower[row * count + row] = 1 }
            lower[row * count + row] += damping * mean
        }
        guard compute.factorize(lower, count: count) else {
            values.deallocate()
            throw SurgeryError(
                code: "gptq.damping", subject: subject,
                message: "the products of its inputs cannot be inverted, even with damping \(damping)",
                remedy: "use a larger damping, or more text")
        }
        let inverse = UnsafeMutablePointer<Double>.allocate(capacity: max(1, count * count))
        defer { inverse.deallocate() }
        compute.invert(lower: lower, count: count, into: inverse)
        for row in 0..<count {
            let from = inverse + (count - 1 - row) * count
            for column in 0..<count { values[row * count + column] = from[count - 1 - column] }
        }
    }

    deinit { values.deallocate() }
}
