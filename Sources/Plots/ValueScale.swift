/// What range of values the colours of a plot cover.
public enum ValueScale: Sendable, Equatable {
    /// From −`limit` to `limit`, with neutral at zero.
    case diverging(limit: Double)
    /// From `low`, the lightest, to `high`, the darkest.
    case sequential(low: Double, high: Double)

    /// Chooses the range for some values: around zero when any is negative, else from zero, or from the least value
    /// where all of them lie in the upper half.
    public static func automatic(for values: [Double]) -> ValueScale {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return .sequential(low: 0, high: 1) }
        if values.contains(where: { $0 < 0 }) { return .diverging(limit: max(-low, high)) }
        if high == 0 { return .sequential(low: 0, high: 1) }
        return .sequential(low: low > high / 2 && low < high ? low : 0, high: high)
    }

    /// The least value of the range.
    public var low: Double {
        switch self {
        case .diverging(let limit): -limit
        case .sequential(let low, _): low
        }
    }

    /// The greatest value of the range.
    public var high: Double {
        switch self {
        case .diverging(let limit): limit
        case .sequential(_, let high): high
        }
    }

    /// Where a value stands in the range, clamped: from −1 to 1 around zero, else from 0 to 1. NaN stands at 0.
    public func fraction(of value: Double) -> Double {
        switch self {
        case .sequential(let low, let high): return Interval(low: low, high: high).fraction(of: value)
        case .diverging(let limit):
            guard !value.isNaN else { return 0 }
            if value.isInfinite { return value > 0 ? 1 : -1 }
            let fraction = value / limit
            return fraction.isFinite ? min(max(fraction, -1), 1) : 0
        }
    }

    /// Whether the range has its neutral at zero.
    public var isDiverging: Bool {
        if case .diverging = self { return true }
        return false
    }

    /// The colour of a value.
    func color(of value: Double) -> PlotColor {
        let fraction = fraction(of: value)
        return isDiverging
            ? ColorRamp.diverging.color(at: (fraction + 1) / 2) : ColorRamp.sequential.color(at: fraction)
    }
}
