import Kernels
import Testing

/// Products and factors of doubles against what they are defined by.
@Suite struct FactorTests {
    private static let sizes = [1, 7, 64, 65, 200]

    private func doubles(_ count: Int, _ purpose: String) -> [Double] {
        Samples.numbers(count, purpose).map { Double($0) }
    }

    /// a · aᵀ + 1, which is positive definite.
    private func positive(_ count: Int) -> [Double] {
        let a = doubles(count * count, "factor")
        var product = [Double](repeating: 0, count: count * count)
        for i in 0..<count {
            for j in 0..<count {
                for k in 0..<count { product[i * count + j] += a[i * count + k] * a[j * count + k] }
            }
            product[i * count + i] += 1
        }
        return product
    }

    @Test(arguments: KernelVariant.tried)
    func productsTakeTheirStepsInOrder(variant: KernelVariant) {
        let (rows, columns, depth) = (37, 43, 29)
        let (a, b) = (doubles(rows * depth, "a"), doubles(depth * columns, "b"))
        let start = doubles(rows * columns, "c")
        var expected = start
        for i in 0..<rows {
            for j in 0..<columns {
                for k in 0..<depth {
                    expected[i * columns + j].addProduct(-a[i * depth + k], b[k * columns + j])
                }
            }
        }
        for threads in [1, 3] {
            var c = start
            Compute(threads: threads, variant: variant).subtractProducts(
                a, stride: depth, b, stride: columns, rows: rows, columns: columns, depth: depth, from: &c,
                stride: columns)
            #expect(c.map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }

    @Test(arguments: KernelVariant.tried)
    func aFactorTimesItselfIsTheMatrix(variant: KernelVariant) {
        for count in Self.sizes {
            let matrix = positive(count)
            var factors: [[UInt64]] = []
            for threads in [1, 3] {
                var factor = matrix
                #expect(Compute(threads: threads, variant: variant).factorize(&factor, count: count))
                var worst = 0.0
                for i in 0..<count {
                    for j in 0...i {
                        var sum = 0.0
                        for k in 0...j { sum += factor[i * count + k] * factor[j * count + k] }
                        worst = max(worst, (sum - matrix[i * count + j]).magnitude)
                    }
                }
                #expect(worst < 1e-10 * Double(count))
                factors.append((0..<count).flatMap { i in (0...i).map { factor[i * count + $0].bitPattern } })
            }
            #expect(factors[0] == factors[1])
        }
    }

    @Test(arguments: KernelVariant.tried)
    func anInverseTimesItsMatrixIsOne(variant: KernelVariant) {
        for count in Self.sizes {
            let compute = Compute(threads: 3, variant: variant)
            var factor = positive(count)
            #expect(compute.factorize(&factor, count: count))
            var inverse = [Double](repeating: 7, count: count * count)
            compute.invert(lower: factor, count: count, into: &inverse)
            var worst = 0.0
            for i in 0..<count {
                for j in 0..<count {
                    var sum = 0.0
                    for k in 0...i { sum += factor[i * count + k] * inverse[k * count + j] }
                    worst = max(worst, (sum - (i == j ? 1 : 0)).magnitude)
                    if j > i { #expect(inverse[i * count + j] == 0) }
                }
            }
            #expect(worst < 1e-9)
        }
    }

    @Test func whatIsNotPositiveDefiniteIsRefused() {
        let compute = Compute(threads: 1)
        var flat: [Double] = [1, 1, 1, 1]
        #expect(!compute.factorize(&flat, count: 2))
        var broken: [Double] = [.nan, 0, 0, 1]
        #expect(!compute.factorize(&broken, count: 2))
    }
}
