/// A metric's value between two runs: 0 as the corrupt one, 1 as the clean one.
public struct Normalization: Sendable, Hashable {
    public let clean: Double
    public let corrupt: Double

    /// The share of the larger value that the gap between the two has to reach.
    public static let leastGap = 1e-4

    /// - Throws: `ScoringError` where the runs hardly differ: every normalised value would be noise.
    public init(clean: Double, corrupt: Double, metric: String) throws(ScoringError) {
        let gap = abs(clean - corrupt)
        guard gap > Self.leastGap * max(1, abs(clean), abs(corrupt)) else {
            throw ScoringError(
                code: "metric.gap", subject: metric,
                message: "clean (\(clean)) and corrupt (\(corrupt)) hardly differ, so a share of the gap means nothing",
                remedy: "use prompts whose answers differ, or read the raw values")
        }
        self.clean = clean
        self.corrupt = corrupt
    }

    /// (x − corrupt) / (clean − corrupt).
    public func callAsFunction(_ value: Double) -> Double { (value - corrupt) / (clean - corrupt) }
}
