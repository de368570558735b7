import Foundation
import Kernels
import Testing

@Suite struct AttentionTests {
    private struct Outcome {
        var scores: [Float]
        var pattern: [Float]
        var z: [Float]

        var bits: [UInt32] { Samples.bits(scores + pattern + z) }
    }

    /// One head over `count` positions whose keys and values are cut in two at `split`.
    private func attend(
        _ compute: Compute, width: Int, count: Int, split: Int, first: Int, sink: Float?
    ) -> Outcome {
        let query = Samples.numbers(width, "query", size: 2)
        // Rows lie further apart than they are wide, as the heads of a cache do.
        let stride = width + 3
        let keys = Samples.numbers(stride * count, "keys", size: 2), values = Samples.numbers(stride * count, "values")
        var outcome = Outcome(scores: [], pattern: [], z: [])
        keys.withUnsafeBufferPointer { keys in
            values.withUnsafeBufferPointer { values in
                guard let keys = keys.baseAddress, let values = values.baseAddress else { return }
                let scale = 1 / Float(width).squareRoot()
                let runs = [first..<max(first, split), max(first, split)..<count]
                outcome.scores = Samples.filled(count) { scores in
                    for position in 0..<first { scores[position] = -.infinity }
                    for run in runs {
                        compute.attentionScores(
                            query, width: width, keys: keys + run.lowerBound * stride, stride: stride,
                            count: run.count, scale: scale, into: scores + run.lowerBound)
                    }
                }
                outcome.pattern = Samples.filled(count) { pattern in
                    outcome.scores.withUnsafeBufferPointer { scores in
                        guard let scores = scores.baseAddress else { return }
                        pattern.update(repeating: 0, count: first)
                        compute.attentionSoftmax(
                            scores + first, count: count - first, first: first, sink: sink, into: pattern + first)
                    }
                }
                outcome.z = Samples.filled(width) { z in
                    outcome.pattern.withUnsafeBufferPointer { pattern in
                        guard let pattern = pattern.baseAddress else { return }
                        z.update(repeating: 0, count: width)
                        for run in runs {
                            compute.attentionMix(
                                pattern + run.lowerBound, values: values + run.lowerBound * stride, stride: stride,
                                count: run.count, width: width, into: z)
                        }
                    }
                }
            }
        }
        return outcome
    }

    @Test(arguments: KernelVariant.tried)
    func whereRunsMeetChangesNoBit(variant: KernelVariant) {
        let compute = Compute(threads: 1, variant: variant)
        for width in [4, 16, 24, 64, 80] {
            for first in [0, 5, 16, 21] {
                let whole = attend(compute, width: width, count: 37, split: 37, first: first, sink: 0.5)
                for split in 0..<37 {
                    let cut = attend(compute, width: width, count: 37, split: split, first: first, sink: 0.5)
                    #expect(cut.bits == whole.bits, "width \(width), first \(first), split \(split)")
                }
            }
        }
    }

    @Test(arguments: KernelVariant.tried)
    func everyStepIsInCanonicalOrder(variant: KernelVariant) {
        let compute = Compute(threads: 1, variant: variant)
        for (width, count, first) in [(16, 40, 0), (24, 40, 7), (64, 19, 18), (5, 3, 1)] {
            let outcome = attend(compute, width: width, count: count, split: count / 2, first: first, sink: 1)
            let query = Samples.numbers(width, "query", size: 2)
            let keys = Samples.numbers((width + 3) * count, "keys", size: 2)
            let values = Samples.numbers((width + 3) * count, "values")
            let scale = 1 / Float(width).squareRoot()
            let most = max(1, outcome.scores[first...].max() ?? 1)
            func exponential(_ x: [Float]) -> [Float] {
                Samples.filled(x.count) { compute.exponential(x, count: x.count, into: $0) }
            }
            let terms = exponential(outcome.scores[first...].map { $0 - most })
            let total = CanonicalOrder.sum(terms, first: first) + exponential([1 - most])[0]
            for position in 0..<count {
                let row = position * (width + 3)
                let expected =
                    position < first
                    ? -.infinity : CanonicalOrder.dot(query, Array(keys[row..<row + width])) * scale
                #expect(outcome.scores[position].bitPattern == expected.bitPattern)
                let share = position < first ? 0 : terms[position - first] / total
                #expect(outcome.pattern[position].bitPattern == share.bitPattern)
            }
            for channel in 0..<width {
                var sum: Float = 0
                for position in first..<count {
                    sum.addProduct(outcome.pattern[position], values[position * (width + 3) + channel])
                }
                #expect(outcome.z[channel].bitPattern == sum.bitPattern)
            }
        }
    }

    @Test func patternsSumToOneLessTheSinksShare() {
        let compute = Compute(threads: 1)
        let plain = attend(compute, width: 16, count: 30, split: 3, first: 4, sink: nil)
        #expect((plain.pattern.reduce(0, +) - 1).magnitude < 1e-5)
        #expect(plain.pattern.prefix(4).allSatisfy { $0 == 0 })
        let sunk = attend(compute, width: 16, count: 30, split: 3, first: 4, sink: 40)
        #expect(sunk.pattern.reduce(0, +) < 1e-6)
    }

    @Test func scoresWithoutANumberGiveNaN() {
        for variant in KernelVariant.tried {
            let compute = Compute(threads: 1, variant: variant)
            let nan = Samples.filled(20) {
                compute.attentionSoftmax(
                    [Float](repeating: 0, count: 19) + [.nan], count: 20, first: 0, sink: nil, into: $0)
            }
            #expect(nan.allSatisfy { $0.isNaN })
            let onlyInfinity = Samples.filled(2) {
                compute.attentionSoftmax([-.infinity, 0], count: 2, first: 0, sink: 0, into: $0)
            }
            #expect(onlyInfinity == [0, 0.5])
        }
    }
}
