/// The Kullback-Leibler divergence of two rows of logits.
enum Divergence {
    /// Σ p (ln p − ln q) with p from the first row and q from the second; never below 0.
    /// - Units: nats.
    static func between(_ p: UnsafePointer<Float>, _ q: UnsafePointer<Float>, count: Int) -> Double {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, count)) { scratch in
            guard let probabilities = scratch.baseAddress else { return 0 }
            let shiftP = Elementary.logSumExp(p, count: count, probabilities: probabilities)
            let shiftQ = Elementary.logSumExp(q, count: count)
            var sum = 0.0
            for index in 0..<count {
                sum += probabilities[index] * ((Double(p[index]) - shiftP) - (Double(q[index]) - shiftQ))
            }
            return max(0, sum)
        }
    }
}
