import Formats
import Kernels
import Tensors

/// Inputs drawn from a fixed seed.
enum Samples {
    static func numbers(_ count: Int, _ purpose: String = "sample", size: Double = 1) -> [Float] {
        let random = KeyedRandom(seed: 11, purpose: purpose, item: count)
        return (0..<count).map { Float((random.unit($0) * 2 - 1) * size) }
    }

    /// An array that a kernel fills.
    static func filled(_ count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        var values = [Float](repeating: -99, count: count)
        values.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { fill(start) } }
        return values
    }

    static func product(
        _ compute: Compute, _ x: [Float], count: Int, by matrix: Matrix, bias: [Float]? = nil
    ) -> [Float] {
        filled(count * matrix.rows) { y in
            if let bias {
                compute.multiply(x, count: count, by: matrix, bias: bias, into: y)
            } else {
                compute.multiply(x, count: count, by: matrix, into: y)
            }
        }
    }

    /// What 8-bit codes say of some numbers, 32 under one step, as the precision is defined.
    static func coded(_ x: [Float]) -> [Double] {
        stride(from: 0, to: x.count, by: 32).flatMap { start in
            let block = x[start..<start + 32]
            let size = block.reduce(0) { max($0, $1.magnitude) }
            return block.map { Double(($0 * (127 / size)).rounded(.toNearestOrEven)) * Double(size) / 127 }
        }
    }

    static func bits(_ values: [Float]) -> [UInt32] { values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }
}

extension KernelVariant {
    /// What the tests of exact kernels run under.
    static let tried: [KernelVariant] = available.filter(\.hasAllKernels)
}

extension SampleMatrix.Kind {
    /// That many columns, or the next whole number of blocks.
    func columns(_ wanted: Int) -> Int { (wanted + format.blockLength - 1) / format.blockLength * format.blockLength }
}
