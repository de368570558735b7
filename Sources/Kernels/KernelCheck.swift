import Tensors

/// One kernel on one input: what it gives under some variant, and what is right.
struct KernelCheck {
    /// What the check belongs to in a report, such as `multiply q8_0`.
    let kernel: String
    /// How far an element may be from the truth.
    /// - Units: of `magnitudes`.
    let tolerance: Double
    /// The truth, from double precision.
    let truth: [Double]
    /// What an error is measured against, element by element; for a sum, the sum of the terms' magnitudes.
    let magnitudes: [Double]
    /// What the kernel gives.
    let run: (Compute) -> [Float]

    /// The largest error in units of its magnitude; infinite where a number should be a NaN or the other way round.
    func largestError(of values: [Float]) -> Double {
        guard values.count == truth.count else { return .infinity }
        var largest = 0.0
        for index in values.indices where Double(values[index]) != truth[index] {
            let value = Double(values[index])
            if value.isNaN && truth[index].isNaN { continue }
            let error = (value - truth[index]).magnitude / max(magnitudes[index], .leastNormalMagnitude)
            largest = error.isNaN ? .infinity : max(largest, error)
        }
        return largest
    }

    /// Whether two results have the same bits; any NaN equals any other.
    static func areIdentical(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    }

    /// Random numbers between −size and size.
    static func numbers(_ count: Int, _ purpose: String, size: Double = 1) -> [Float] {
        let random = KeyedRandom(seed: 7, purpose: purpose, item: count)
        return (0..<count).map { Float((random.unit($0) * 2 - 1) * size) }
    }

    /// An array that a kernel fills.
    static func filled(_ count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        [Float](unsafeUninitializedCapacity: max(1, count)) { buffer, filled in
            buffer.initialize(repeating: 0)
            if let start = buffer.baseAddress { fill(start) }
            filled = count
        }
    }
}
