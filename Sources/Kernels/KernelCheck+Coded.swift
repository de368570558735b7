import Formats

extension KernelCheck {
    /// `fast` products of every layout of blocks, against the double product of decoded weights and decoded codes.
    static func codedProducts() -> [KernelCheck] {
        var checks: [KernelCheck] = []
        for kind in SampleMatrix.Kind.all + SampleMatrix.Kind.packings where kind.hasFastProducts {
            // One block, some, and more columns than a panel takes at a time.
            for blocks in [1, 3, 40] {
                for rows in [1, 16, 35] {
                    let columns = max(32, min(blocks * kind.blockLength, 2048))
                    guard let sample = SampleMatrix(kind, rows: rows, columns: columns, seed: 5) else { continue }
                    // From 48 vectors on tiles are used, for all but what is left of sixteen.
                    let counts = blocks == 3 ? [1, 3, 8, 17, 28, 53] : [1, 21]
                    checks += counts.map { codedProduct(sample, "\(kind)", vectors: $0) }
                }
            }
        }
        return checks
    }

    private static func codedProduct(_ sample: SampleMatrix, _ name: String, vectors: Int) -> KernelCheck {
        let (rows, columns) = (sample.matrix.rows, sample.matrix.columns)
        let x = numbers(vectors * columns, "coded vectors")
        let bias = numbers(rows, "bias")
        let (truth, magnitudes) = dots(rounded(x), sample, bias: bias)
        return KernelCheck(
            kernel: "fast multiply \(name)", tolerance: dotTolerance, truth: truth, magnitudes: magnitudes,
            run: { compute in
                let fast = Compute(compute, precision: .fast)
                return filled(vectors * rows) {
                    fast.multiply(x, count: vectors, by: sample.matrix, bias: bias, into: $0)
                }
            })
    }

    /// What 8-bit codes say of some numbers, 32 under one step.
    private static func rounded(_ x: [Float]) -> [Double] {
        stride(from: 0, to: x.count, by: 32).flatMap { start in
            let block = x[start..<start + 32]
            let largest = block.reduce(0) { max($0, $1.magnitude) }
            return block.map { value in
                Double((value * (127 / largest)).rounded(.toNearestOrEven)) * Double(largest / 127)
            }
        }
    }
}
