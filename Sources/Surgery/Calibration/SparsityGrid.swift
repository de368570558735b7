import Formats
import Kernels

/// Two of every four neighbouring elements of a row zero, the others free: the grid of SparseGPT.
///
/// Of four elements those go whose loss costs least, value² / pivot².
/// - Source: Frantar and Alistarh, 2023, SparseGPT: Massive Language Models Can Be Accurately Pruned in One-Shot.
final class SparsityGrid: WeightGrid {
    let groupLength = 4
    private let columns: Int
    private let format: BlockFormat
    /// Value of each place on the diagonal of the feedback factor.
    private let pivots: [Double]
    /// - Shape: [row, column] of the whole matrix.
    private let values: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - format: a format of single elements; values are rounded to it as they are fixed.
    ///   - values: the matrix, which receives the result.
    init(columns: Int, format: BlockFormat, factor: FeedbackFactor, values: UnsafeMutablePointer<Float>) {
        self.columns = columns
        self.format = format
        pivots = (0..<columns).map { factor.values[$0 * columns + $0] }
        self.values = values
    }

    func fix(row: Int, group: Int, values: UnsafeBufferPointer<Float>) {
        let start = group * groupLength
        let costs = values.enumerated().map { place, value in
            let cost = Double(value) / pivots[start + place]
            return cost * cost
        }
        // A mark that `nearest` reads: what goes is zero from now on.
        for place in values.indices { self.values[row * columns + start + place] = 1 }
        for place in Sparsity.leastTwo(costs) { self.values[row * columns + start + place] = 0 }
    }

    func nearest(row: Int, column: Int, to value: Float) -> Float {
        let place = row * columns + column
        guard values[place] != 0 else { return 0 }
        values[place] = format.nearest(value)
        return values[place]
    }
}

extension BlockFormat {
    /// A value as a format of single elements has it.
    func nearest(_ value: Float) -> Float {
        switch id {
        case BlockFormat.f16.id: return Float(Float16(value))
        case BlockFormat.bf16.id:
            guard value.isFinite else { return value }
            let bits = value.bitPattern
            return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
        default: return value
        }
    }
}
