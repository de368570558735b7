import Inference
import Kernels
import Tensors

/// A metric made ready for one sequence: the positions it reads, and its value from their logits.
public struct PreparedMetric {
    /// Where logits are wanted, ascending.
    public let positions: [Int]
    /// The value of one row, by its number among `positions`.
    private let rowValue: (Int, UnsafePointer<Float>) -> Double
    private let compute: Compute
    private let vocabularyCount: Int

    init(
        positions: [Int], compute: Compute, vocabularyCount: Int,
        rowValue: @escaping (Int, UnsafePointer<Float>) -> Double
    ) {
        self.positions = positions
        self.compute = compute
        self.vocabularyCount = vocabularyCount
        self.rowValue = rowValue
    }

    /// How much it counts in a mean over items: once a position.
    public var weight: Int { positions.count }

    /// The mean over its positions.
    /// - Parameter logits: [position, vocabulary], one row for each of `positions`.
    public func value(_ logits: Tensor) -> Double {
        logits.values.withUnsafeBufferPointer { rows in
            rowValues(rows, from: 0).reduce(0, +) / Double(positions.count)
        }
    }

    /// The values of some rows in order, the first of them number `first`.
    func rowValues(_ logits: UnsafeBufferPointer<Float>, from first: Int) -> [Double] {
        guard let base = logits.baseAddress else { return [] }
        let count = logits.count / vocabularyCount
        return [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            if let target = buffer.baseAddress {
                compute.pool.forEach(count) { row in
                    (target + row).initialize(to: rowValue(first + row, base + row * vocabularyCount))
                }
            }
            filled = count
        }
    }
}
