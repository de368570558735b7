/// Sums of numbers in the order they come, and what follows from them.
public struct Summary: Sendable, Hashable {
    /// How many numbers.
    public private(set) var count = 0
    public private(set) var sum = 0.0
    private var squares = 0.0

    public init() {}

    /// Takes in one number.
    public mutating func add(_ value: Double) {
        count += 1
        sum += value
        squares += value * value
    }

    /// Takes in what another has taken in.
    public mutating func add(_ other: Summary) {
        count += other.count
        sum += other.sum
        squares += other.squares
    }

    /// The mean; not a number of nothing.
    public var mean: Double { sum / Double(count) }

    /// The standard error of the mean; 0 for fewer than two numbers.
    public var standardError: Double {
        guard count > 1 else { return 0 }
        let variance = squares / Double(count) - mean * mean
        return (max(0, variance) / Double(count - 1)).squareRoot()
    }
}

/// Quantiles of a set of numbers.
public struct Quantiles: Sendable, Hashable {
    private let sorted: [Float]

    public init(_ values: [Float]) { sorted = values.sorted() }

    /// How many numbers.
    public var count: Int { sorted.count }

    /// The value below which a share of the numbers lies, interpolated between neighbours; not a number of nothing.
    /// - Parameter share: Between 0 and 1; 0.5 for the median.
    public subscript(share: Double) -> Double {
        guard let last = sorted.last, let first = sorted.first else { return .nan }
        let place = share * Double(sorted.count - 1)
        guard place > 0 else { return Double(first) }
        let below = Int(place)
        guard below + 1 < sorted.count else { return Double(last) }
        let fraction = place - Double(below)
        return Double(sorted[below]) * (1 - fraction) + Double(sorted[below + 1]) * fraction
    }
}
