import Foundation
import Kernels
import Testing

@Suite struct RowTests {
    /// The error of a result in units in the last place of the true value's float32.
    private func units(_ value: Float, _ truth: Double) -> Double {
        let nearest = Float(truth)
        guard nearest.isFinite else { return value == nearest ? 0 : .infinity }
        return (Double(value) - truth).magnitude / Double(max(nearest.magnitude, 0x1p-126).ulp)
    }

    @Test(arguments: KernelVariant.tried)
    func exponentialsStayWithinOneUnitOverTheWholeRange(variant: KernelVariant) {
        let compute = Compute(threads: 1, variant: variant)
        let x = stride(from: -110.0, through: 90, by: 0.00037).map(Float.init)
        let y = Samples.filled(x.count) { compute.exponential(x, count: x.count, into: $0) }
        let worst = zip(x, y).map { units($1, exp(Double($0))) }.max() ?? .infinity
        #expect(worst <= Tolerance.exponentialUnits)
        #expect(
            Samples.bits(y)
                == Samples.bits(
                    Samples.filled(x.count) {
                        Compute(threads: 1, variant: .portable).exponential(x, count: x.count, into: $0)
                    }))
    }

    @Test(arguments: KernelVariant.tried)
    func sigmoidsStayWithinTwoUnitsOverTheWholeRange(variant: KernelVariant) {
        let compute = Compute(threads: 1, variant: variant)
        let x = stride(from: -110.0, through: 110, by: 0.00041).map(Float.init)
        let y = Samples.filled(x.count) { compute.sigmoid(x, count: x.count, into: $0) }
        let worst = zip(x, y).map { units($1, 1 / (1 + exp(-Double($0)))) }.max() ?? .infinity
        #expect(worst <= Tolerance.logisticUnits)
    }

    @Test(arguments: KernelVariant.tried)
    func exponentialsEndRightAtTheirLimits(variant: KernelVariant) {
        let compute = Compute(threads: 1, variant: variant)
        let x: [Float] = [
            .infinity, -.infinity, .nan, 89, -105, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0, -0.0,
        ]
        let e = Samples.filled(x.count) { compute.exponential(x, count: x.count, into: $0) }
        #expect(Samples.bits(e) == Samples.bits([.infinity, 0, .nan, .infinity, 0, .infinity, 0, 1, 1]))
        let s = Samples.filled(x.count) { compute.sigmoid(x, count: x.count, into: $0) }
        #expect(Samples.bits(s.prefix(3) + s.suffix(2)) == Samples.bits([1, 0, .nan, 0.5, 0.5]))
    }

    @Test(arguments: KernelVariant.tried)
    func normsSumSquaresInCanonicalOrder(variant: KernelVariant) {
        let compute = Compute(threads: 1, variant: variant)
        for width in [1, 15, 16, 33, 2880] {
            let x = Samples.numbers(3 * width, size: 4), weight = Samples.numbers(width, "weight")
            var scale = [Float](repeating: 0, count: 3)
            var normalized = [Float](repeating: 0, count: 3 * width)
            let y = Samples.filled(3 * width) {
                compute.rmsNorm(
                    x, rows: 3, width: width, epsilon: 1e-6, weight: weight, scale: &scale, normalized: &normalized,
                    into: $0)
            }
            for row in 0..<3 {
                let slice = Array(x[row * width..<(row + 1) * width])
                let expected = (CanonicalOrder.dot(slice, slice) / Float(width) + 1e-6).squareRoot()
                #expect(scale[row] == expected)
                #expect(Array(normalized[row * width..<(row + 1) * width]) == slice.map { $0 / expected })
                #expect(
                    Array(y[row * width..<(row + 1) * width]) == zip(slice, weight).map { $0 / expected * $1 })
            }
        }
    }

    @Test(arguments: KernelVariant.tried)
    func rotationTurnsHalvesAgainstEachOther(variant: KernelVariant) {
        let compute = Compute(threads: 1, variant: variant)
        for half in [1, 8, 16, 20, 32] {
            let x = Samples.numbers(2 * 3 * 2 * half)
            let cosines = Samples.numbers(2 * half, "cosines"), sines = Samples.numbers(2 * half, "sines")
            var y = x
            compute.rotate(&y, rows: 2, heads: 3, headDimension: 2 * half, cosines: cosines, sines: sines)
            for index in x.indices {
                let (row, i) = (index / (6 * half), index % (2 * half))
                let angle = row * half + i % half
                let expected =
                    i < half
                    ? x[index] * cosines[angle] - x[index + half] * sines[angle]
                    : x[index] * cosines[angle] + x[index - half] * sines[angle]
                #expect(y[index] == expected)
            }
        }
    }

    @Test func clampedActivationsStopAtTheirLimit() {
        for variant in KernelVariant.tried {
            let compute = Compute(threads: 1, variant: variant)
            let gate: [Float] = [100, -100, 7, .nan, 1, 1], up: [Float] = [0, 0, 100, 0, -100, .nan]
            let y = Samples.filled(6) {
                compute.clampedSwiglu(gate: gate, up: up, count: 6, alpha: 1.702, limit: 7, into: $0)
            }
            #expect((y[0] - 7).magnitude < 1e-4)
            #expect(y[1].magnitude < 1e-30)
            #expect((y[2] - 56).magnitude < 1e-3)
            #expect(y[3].isNaN && y[5].isNaN)
            #expect((y[4] + 6 * Float(1 / (1 + exp(-1.702)))).magnitude < 1e-5)
        }
    }

    @Test func logSumExpAgreesWithDoublePrecisionAndSoftmaxSumsToOne() {
        let compute = Compute(threads: 1)
        for count in [1, 2, 16, 17, 1000, 50_000] {
            let x = Samples.numbers(count, size: 30)
            let most = x.map(Double.init).max() ?? 0
            let truth = most + log(x.reduce(0) { $0 + exp(Double($1) - most) })
            let value = compute.logSumExp(x, count: count)
            #expect((value - truth).magnitude <= Tolerance.logSumExp * max(1, truth.magnitude))
            let y = Samples.filled(count) { compute.logSoftmax(x, count: count, into: $0) }
            #expect(zip(x, y).allSatisfy { $1 == Float(Double($0) - value) })
            let p = Samples.filled(count) { compute.softmax(x, count: count, into: $0) }
            #expect((p.reduce(0) { $0 + Double($1) } - 1).magnitude < 1e-5)
        }
        #expect(compute.logSumExp([-.infinity, -.infinity], count: 2) == -.infinity)
        #expect(compute.logSumExp([.infinity, 0], count: 2) == .infinity)
        #expect(compute.logSumExp([.nan, 0], count: 2).isNaN)
    }

    @Test func rowsOfDifferentVariantsHaveTheSameBits() {
        let portable = Compute(threads: 1, variant: .portable)
        for variant in KernelVariant.tried {
            let compute = Compute(threads: 1, variant: variant)
            for count in [1, 15, 16, 17, 100] {
                let x = Samples.numbers(count, size: 20), y = Samples.numbers(count, "other")
                func results(_ compute: Compute) -> [UInt32] {
                    var sum = y, scaled = y
                    compute.add(x, count: count, to: &sum)
                    compute.addScaled(x, count: count, weight: 0.3, to: &scaled)
                    return Samples.bits(
                        sum + scaled + Samples.filled(count) { compute.softmax(x, count: count, into: $0) }
                            + Samples.filled(count) { compute.swiglu(gate: x, up: y, count: count, into: $0) })
                }
                #expect(results(compute) == results(portable))
            }
        }
    }

    @Test func topIndicesPreferTheLowestIndexAndNumbersToNaN() {
        let compute = Compute(threads: 1)
        let x: [Float] = [1, 3, .nan, 3, 2, 3, -.infinity]
        #expect(compute.topIndices(x, count: 7, k: 2) == [1, 3])
        #expect(compute.topIndices(x, count: 7, k: 5) == [1, 3, 5, 4, 0])
        #expect(compute.topIndices(x, count: 7, k: 9) == [1, 3, 5, 4, 0, 6, 2])
        #expect(compute.topIndices(x, count: 7, k: 0) == [])
    }
}
