import Glibc

extension KernelCheck {
    /// A query over keys and values in two runs, with a sink and a window.
    private struct AttentionCase {
        let width: Int
        let positions: Int
        let split: Int
        let first: Int
        let sink: Float?

        var query: [Float] { KernelCheck.numbers(width, "query", size: 2) }
        var keys: [Float] { KernelCheck.numbers(width * positions, "keys", size: 2) }
        var values: [Float] { KernelCheck.numbers(width * positions, "values") }
    }

    /// Attention over head sizes, windows and places where runs meet.
    static func attention() -> [KernelCheck] {
        var checks: [KernelCheck] = []
        for width in [1, 15, 16, 17, 48, 64, 80, 128] {
            for (positions, split, first) in [(1, 0, 0), (5, 5, 2), (17, 9, 0), (33, 16, 15), (40, 3, 20)] {
                for sink: Float? in [nil, 1.5] {
                    checks.append(
                        check(AttentionCase(width: width, positions: positions, split: split, first: first, sink: sink))
                    )
                }
            }
        }
        return checks
    }

    private static func check(_ sample: AttentionCase) -> KernelCheck {
        let (query, keys, values) = (sample.query, sample.keys, sample.values)
        let scale = 1 / Float(sample.width).squareRoot()
        var scores = [Double](repeating: -.infinity, count: sample.positions)
        for position in sample.first..<sample.positions {
            let dot = (0..<sample.width).reduce(0.0) {
                $0 + Double(query[$1]) * Double(keys[position * sample.width + $1])
            }
            scores[position] = dot * Double(scale)
        }
        let total = scores.reduce(sample.sink.map { exp(Double($0)) } ?? 0) { $0 + exp($1) }
        let pattern = scores.map { exp($0) / total }
        let z = (0..<sample.width).map { channel in
            pattern.indices.reduce(0.0) { $0 + pattern[$1] * Double(values[$1 * sample.width + channel]) }
        }
        return KernelCheck(
            kernel: "attention", tolerance: 2e-5, truth: pattern + z,
            magnitudes: [Double](repeating: 1, count: pattern.count + z.count),
            run: { run(sample, scale: scale, $0) })
    }

    private static func run(_ sample: AttentionCase, scale: Float, _ compute: Compute) -> [Float] {
        let (query, keys, values) = (sample.query, sample.keys, sample.values)
        let (count, width) = (sample.positions, sample.width)
        return keys.withUnsafeBufferPointer { keys in
            values.withUnsafeBufferPointer { values in
                guard let keys = keys.baseAddress, let values = values.baseAddress else { return [] }
                let (first, query) = (sample.first, query)
                let runs = [first..<max(first, sample.split), max(first, sample.split)..<count]
                return filled(count + width) { out in
                    for run in runs {
                        compute.attentionScores(
                            query, width: width, keys: keys + run.lowerBound * width, stride: width, count: run.count,
                            scale: scale, into: out + run.lowerBound)
                    }
                    compute.attentionSoftmax(
                        out + first, count: count - first, first: first, sink: sample.sink, into: out + first)
                    for run in runs {
                        compute.attentionMix(
                            out + run.lowerBound, values: values + run.lowerBound * width, stride: width,
                            count: run.count, width: width, into: out + count)
                    }
                }
            }
        }
    }
}
