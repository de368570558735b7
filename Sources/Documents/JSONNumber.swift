/// A JSON number: an exact integer of up to 64 bits where it was written as one, else a double.
///
/// `1` and `1.0` are different values here, so that a document prints as it was read; ``double`` and ``integer`` see the
/// same number in both.
public enum JSONNumber: Hashable, Sendable {
    /// An integer from -2^63 to 2^63 - 1.
    case signed(Int64)
    /// An integer from 2^63 to 2^64 - 1. Smaller ones are always ``signed(_:)``.
    case unsigned(UInt64)
    /// Everything else: fractions, exponents, negative zero, and integers of more than 64 bits, rounded.
    case floating(Double)

    /// The number of an integer.
    public init(_ value: some BinaryInteger) {
        if let small = Int64(exactly: value) {
            self = .signed(small)
        } else if let large = UInt64(exactly: value) {
            self = .unsigned(large)
        } else {
            self = .floating(Double(value))
        }
    }

    /// The number of a double.
    public init(_ value: Double) { self = .floating(value) }

    /// The nearest double.
    public var double: Double {
        switch self {
        case .signed(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .floating(let value): value
        }
    }

    /// The number as an `Int`, or nil if it is not exactly one. `1e3` and `2.0` are integers too.
    public var integer: Int? {
        switch self {
        case .signed(let value): Int(exactly: value)
        case .unsigned: nil
        case .floating(let value): Self.integer(value)
        }
    }

    /// The number as a `UInt64`, or nil if it is not exactly one.
    public var unsignedInteger: UInt64? {
        switch self {
        case .signed(let value): UInt64(exactly: value)
        case .unsigned(let value): value
        case .floating(let value): Self.integer(value)
        }
    }

    /// The integer equal to a double. (`init(exactly:)` of a double would need the C mathematics library.)
    private static func integer<Integer: FixedWidthInteger>(_ value: Double) -> Integer? {
        guard value >= Double(Integer.min), value < Double(Integer.max) else { return nil }
        let integer = Integer(value)
        return Double(integer) == value ? integer : nil
    }
}
