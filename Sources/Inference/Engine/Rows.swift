import Tensors

/// Rows of float32 at a fixed address: what a forward pass computes in.
///
/// Whoever allocates fills it before anyone else sees it; from then on it is only read.
final class Rows: @unchecked Sendable {
    let count: Int
    let width: Int
    let pointer: UnsafeMutablePointer<Float>

    /// Rows of undefined values, for a caller that writes all of them.
    init(_ count: Int, width: Int) {
        self.count = count
        self.width = width
        pointer = RowMemory.take(count * width)
    }

    /// Rows with the values of an array.
    convenience init(_ values: [Float], width: Int) {
        self.init(values.count / max(1, width), width: width)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: values.count) }
        }
    }

    /// Rows of one value.
    convenience init(_ count: Int, width: Int, repeating value: Float) {
        self.init(count, width: width)
        pointer.update(repeating: value, count: count * width)
    }

    deinit { RowMemory.giveBack(pointer, count * width) }

    /// Where a row begins.
    subscript(row: Int) -> UnsafeMutablePointer<Float> { pointer + row * width }

    /// All values, lent.
    var buffer: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: pointer, count: count * width) }

    /// The values of a range of rows, lent.
    func part(of range: Range<Int>) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: self[range.lowerBound], count: range.count * width)
    }

    /// The values of a range of rows.
    func values(_ range: Range<Int>) -> [Float] {
        Array(UnsafeBufferPointer(start: self[range.lowerBound], count: range.count * width))
    }

    /// A tensor over a range of rows, the width split into `shape`.
    func tensor(_ range: Range<Int>, shape: [Int], axes: [String]) -> Tensor {
        Tensor(shape: [range.count] + shape, axes: axes, values: values(range))
    }

    /// A copy of some rows, in the given order.
    func gathered(_ rows: some Collection<Int>) -> Rows {
        let result = Rows(rows.count, width: width)
        for (to, from) in rows.enumerated() { result[to].update(from: self[from], count: width) }
        return result
    }

    /// The rows of several blocks of one width, below one another.
    static func stacked(_ blocks: [Rows], width: Int) -> Rows {
        if blocks.count == 1 { return blocks[0] }
        let result = Rows(blocks.reduce(0) { $0 + $1.count }, width: width)
        var start = 0
        for block in blocks {
            result[start].update(from: block.pointer, count: block.count * width)
            start += block.count
        }
        return result
    }

    /// Some rows in a row: these very ones if that is all, else a copy.
    func part(_ range: Range<Int>) -> Rows { range == 0..<count ? self : gathered(range) }
}
