import Tensors

/// Rows of float32 at a fixed address: what a forward pass computes in.
///
/// Whoever allocates fills it before anyone else sees it; from then on it is only read, except by `KeyValueCache`, which
/// appends behind what others read.
final class Rows: @unchecked Sendable {
    let count: Int
    let width: Int
    let pointer: UnsafeMutablePointer<Float>

    /// Rows of zeros.
    init(_ count: Int, width: Int) {
        self.count = count
        self.width = width
        pointer = .allocate(capacity: max(1, count * width))
        pointer.initialize(repeating: 0, count: max(1, count * width))
    }

    /// Rows with the values of an array.
    convenience init(_ values: [Float], width: Int) {
        self.init(values.count / max(1, width), width: width)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: values.count) }
        }
    }

    deinit { pointer.deallocate() }

    /// Where a row begins.
    subscript(row: Int) -> UnsafeMutablePointer<Float> { pointer + row * width }

    /// The values of a range of rows.
    func values(_ range: Range<Int>) -> [Float] {
        Array(UnsafeBufferPointer(start: self[range.lowerBound], count: range.count * width))
    }

    /// A tensor over a range of rows, the width split into `shape`.
    func tensor(_ range: Range<Int>, shape: [Int], axes: [String]) -> Tensor {
        Tensor(shape: [range.count] + shape, axes: axes, values: values(range))
    }

    /// A copy of some rows, in the given order.
    func gathered(_ rows: [Int]) -> Rows {
        let result = Rows(rows.count, width: width)
        for (to, from) in rows.enumerated() { result[to].update(from: self[from], count: width) }
        return result
    }
}
