import Glibc

extension KernelCheck {
    /// An error of a few roundings.
    static let roundingTolerance = 4 * 0x1p-24
    /// An error of one exponential: one unit in the last place, at worst.
    static let exponentialTolerance = 0x1p-23
    /// An error of a logistic function or of what is multiplied with it.
    static let logisticTolerance = 2 * 0x1p-23
    /// An error of a share of exponentials: how far an element lies below the largest, here up to 20, is rounded to 2⁻²⁴
    /// of itself, and the exponential passes that on.
    static let softmaxTolerance = 4e-6

    /// The kernels that know no weights, over lengths with every remainder.
    static func rows() -> [KernelCheck] {
        lengths.flatMap {
            [exponential($0), sigmoid($0), norm($0), swiglu($0), clampedSwiglu($0), rotation($0), softmax($0)]
        }
            + [extremes()]
    }

    private static func exponential(_ count: Int) -> KernelCheck {
        let x = numbers(count, "exponential", size: 80)
        let truth = x.map { exp(Double($0)) }
        return KernelCheck(
            kernel: "exponential", tolerance: exponentialTolerance, truth: truth, magnitudes: truth,
            run: { compute in filled(count) { compute.exponential(x, count: count, into: $0) } })
    }

    /// Where exponentials end: both infinities, NaN, overflow and subnormal results.
    private static func extremes() -> KernelCheck {
        let x: [Float] = [.infinity, -.infinity, .nan, 88.722, 89, 1e30, -87.5, -103.9, -105, -1e30, 0, -0.0]
        let truth: [Double] = x.map { Double(Float(exp(Double($0)))) }
        return KernelCheck(
            kernel: "exponential", tolerance: exponentialTolerance, truth: truth,
            magnitudes: truth.map { max($0, 0x1p-126) },
            run: { compute in filled(x.count) { compute.exponential(x, count: x.count, into: $0) } })
    }

    private static func sigmoid(_ count: Int) -> KernelCheck {
        let x = numbers(count, "sigmoid", size: 80)
        let truth = x.map { 1 / (1 + exp(-Double($0))) }
        return KernelCheck(
            kernel: "sigmoid", tolerance: logisticTolerance, truth: truth, magnitudes: truth,
            run: { compute in filled(count) { compute.sigmoid(x, count: count, into: $0) } })
    }

    private static func norm(_ count: Int) -> KernelCheck {
        let x = numbers(count, "norm", size: 3), weight = numbers(count, "norm weight")
        let mean = x.reduce(0) { $0 + Double($1) * Double($1) } / Double(count)
        let truth = zip(x, weight).map { Double($0) / (mean + 1e-5).squareRoot() * Double($1) }
        return KernelCheck(
            kernel: "norm", tolerance: dotTolerance, truth: truth, magnitudes: truth.map(\.magnitude),
            run: { compute in
                filled(count) { compute.rmsNorm(x, rows: 1, width: count, epsilon: 1e-5, weight: weight, into: $0) }
            })
    }

    private static func swiglu(_ count: Int) -> KernelCheck {
        let gate = numbers(count, "gate", size: 9), up = numbers(count, "up", size: 9)
        let truth = zip(gate, up).map { Double($0) / (1 + exp(-Double($0))) * Double($1) }
        return KernelCheck(
            kernel: "swiglu", tolerance: 2 * logisticTolerance, truth: truth, magnitudes: truth.map(\.magnitude),
            run: { compute in filled(count) { compute.swiglu(gate: gate, up: up, count: count, into: $0) } })
    }

    private static func clampedSwiglu(_ count: Int) -> KernelCheck {
        let gate = numbers(count, "gate", size: 9), up = numbers(count, "up", size: 9)
        let (alpha, limit): (Float, Float) = (1.702, 7)
        let clamped = zip(gate, up).map { (min(Double($0), 7), max(-7, min(Double($1), 7))) }
        let truth = clamped.map { $0 / (1 + exp(-Double(alpha) * $0)) * ($1 + 1) }
        // Near up = −1 the sum cancels, so the error is that of a number of size one.
        let magnitudes = clamped.map { ($0 / (1 + exp(-Double(alpha) * $0))).magnitude * ($1.magnitude + 1) }
        return KernelCheck(
            kernel: "clamped swiglu", tolerance: 8 * logisticTolerance, truth: truth, magnitudes: magnitudes,
            run: { compute in
                filled(count) {
                    compute.clampedSwiglu(gate: gate, up: up, count: count, alpha: alpha, limit: limit, into: $0)
                }
            })
    }

    private static func rotation(_ half: Int) -> KernelCheck {
        let x = numbers(2 * half, "rotation"), angles = numbers(half, "angles", size: 3)
        let cosines = angles.map { Float(cos(Double($0))) }, sines = angles.map { Float(sin(Double($0))) }
        let pairs = (0..<half).map { (Double(x[$0]), Double(x[half + $0]), Double(cosines[$0]), Double(sines[$0])) }
        let truth = pairs.map { $0.0 * $0.2 - $0.1 * $0.3 } + pairs.map { $0.1 * $0.2 + $0.0 * $0.3 }
        return KernelCheck(
            kernel: "rotate", tolerance: roundingTolerance, truth: truth,
            magnitudes: pairs.map { $0.0.magnitude + $0.1.magnitude } + pairs.map { $0.0.magnitude + $0.1.magnitude },
            run: { compute in
                filled(2 * half) { turned in
                    for index in x.indices { turned[index] = x[index] }
                    compute.rotate(
                        turned, rows: 1, heads: 1, headDimension: 2 * half, cosines: cosines, sines: sines)
                }
            })
    }

    private static func softmax(_ count: Int) -> KernelCheck {
        let x = numbers(count, "softmax", size: 10)
        let total = x.reduce(0) { $0 + exp(Double($1)) }
        let truth = x.map { exp(Double($0)) / total } + [log(total)]
        return KernelCheck(
            kernel: "softmax", tolerance: softmaxTolerance, truth: truth,
            magnitudes: truth.dropLast() + [max(1, log(total).magnitude)],
            run: { compute in
                filled(count) { compute.softmax(x, count: count, into: $0) }
                    + [Float(compute.logSumExp(x, count: count))]
            })
    }
}
