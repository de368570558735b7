import Inference
import Kernels

extension LogitBlock {
    /// A value of each row, in order, computed on all threads.
    func map<Value>(on pool: ThreadPool, _ body: (Int, UnsafePointer<Float>) -> Value) -> [Value] {
        guard let base = logits.baseAddress else { return [] }
        return [Value](unsafeUninitializedCapacity: rowCount) { buffer, filled in
            if let target = buffer.baseAddress {
                pool.forEach(rowCount) { row in
                    (target + row).initialize(to: body(row, base + row * vocabularyCount))
                }
            }
            filled = rowCount
        }
    }
}
