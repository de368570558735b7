/// A stretch of numbers along an axis.
struct Interval: Equatable {
    let low: Double
    let high: Double

    /// Where a value stands, clamped to 0…1.
    func fraction(of value: Double) -> Double {
        guard !value.isNaN else { return 0 }
        if value.isInfinite { return value > 0 ? 1 : 0 }
        let span = high - low
        // Halves keep a stretch as wide as the number type from overflowing.
        let fraction = span.isFinite ? (value - low) / span : (value / 2 - low / 2) / (high / 2 - low / 2)
        return fraction.isFinite ? min(max(fraction, 0), 1) : 0
    }
}
