/// What an expression gives.
public enum Value: Sendable {
    /// No value.
    case nothing
    /// A number with its unit.
    case number(Number)
    /// A text.
    case text(String)
    /// True or false.
    case boolean(Bool)
    /// Whole numbers in a row, never spelled out.
    case range(IndexRange)
    /// Values in order.
    case list([Value])
    /// A command of the user's own, as a value.
    case function(Definition)
    /// A value of the host's.
    case object(any ObjectValue)

    /// A plain number.
    public static func number(_ value: Double, _ unit: Unit = .none) -> Value { .number(Number(value, unit)) }

    /// A plain whole number.
    public static func number(_ value: Int) -> Value { .number(Number(Double(value), .none)) }

    /// The kind in words, with its article: "a number", "an expert".
    public var kindName: String {
        switch self {
        case .nothing: "nothing"
        case .number: "a number"
        case .text: "a text"
        case .boolean: "true or false"
        case .range: "a range"
        case .list: "a list"
        case .function: "a function"
        case .object(let object): object.typeName.withArticle
        }
    }

    /// The value as `print` shows it.
    public var description: String {
        switch self {
        case .text(let text): text
        default: literalDescription
        }
    }

    /// The value as it shows within a list: texts quoted.
    public var literalDescription: String {
        switch self {
        case .nothing: "nothing"
        case .number(let number): number.description
        case .text(let text): text.quoted
        case .boolean(let value): value ? "true" : "false"
        case .range(let range): "\(range.lower)..<\(range.upper)"
        case .list(let values): "[" + values.map(\.literalDescription).joined(separator: ", ") + "]"
        case .function(let definition): "def \(definition.signature.usage)"
        case .object(let object): object.description
        }
    }

    /// The value, or the number that an object counts as.
    var asPlain: Value {
        if case .object(let object) = self, let number = object.number { return .number(number) }
        return self
    }

    /// Whether both are the same value; of different kinds they are not. Numbers count in their own units.
    public static func same(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.nothing, .nothing): return true
        case (.number(let a), .number(let b)): return a.value == b.value && Number.commonUnit(a, b) != nil
        case (.text(let a), .text(let b)): return a == b
        case (.boolean(let a), .boolean(let b)): return a == b
        case (.range(let a), .range(let b)): return a == b
        case (.list(let a), .list(let b)): return a.count == b.count && zip(a, b).allSatisfy(same)
        case (.object(let a), .object(let b)): return a.isEqual(to: b)
        default: return false
        }
    }
}

/// A double with the unit it counts in.
public struct Number: Hashable, Sendable {
    /// In the unit's own scale: bytes, seconds, shares of one.
    public let value: Double
    /// What it counts.
    public let unit: Unit

    /// Makes a number.
    public init(_ value: Double, _ unit: Unit = .none) {
        self.value = value
        self.unit = unit
    }

    /// The value as an `Int`, if it is a whole number that a double holds exactly.
    public var integer: Int? {
        guard value.rounded() == value, abs(value) <= 9_007_199_254_740_992 else { return nil }
        return Int(value)
    }

    /// The unit of a sum or a comparison: a plain number takes the other's; two different ones have none.
    static func commonUnit(_ a: Number, _ b: Number) -> Unit? {
        if a.unit == b.unit || b.unit == .none { return a.unit }
        return a.unit == .none ? b.unit : nil
    }

    /// Shortest exact text, with the unit: `0.28` as `28%`, bytes in the largest binary unit that leaves at least one.
    public var description: String {
        switch unit {
        case .none: return value.shortText
        case .fraction: return Number.rounded(value * 100, places: 10) + "%"
        case .bytes:
            var scaled = value
            var names = ["B", "KiB", "MiB", "GiB", "TiB"][...]
            while abs(scaled) >= 1024, names.count > 1 {
                scaled /= 1024
                names.removeFirst()
            }
            return Number.rounded(scaled, places: 2) + " " + (names.first ?? "")
        case .seconds: return value.shortText + " s"
        default: return value.shortText + " " + unit.name
        }
    }

    private static func rounded(_ value: Double, places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (value * scale).rounded() / scale
        return (scaled.isFinite ? scaled : value).shortText
    }
}

/// Whole numbers from `lower` up to, without, `upper`; empty where the ends are equal.
public struct IndexRange: Hashable, Sendable {
    /// The first.
    public let lower: Int
    /// Past the last.
    public let upper: Int

    /// Makes a range; an end before the start makes an empty one.
    public init(_ lower: Int, _ upper: Int) {
        self.lower = lower
        self.upper = max(lower, upper)
    }

    /// How many.
    public var count: Int {
        let (count, overflow) = upper.subtractingReportingOverflow(lower)
        return overflow ? Int.max : count
    }
}
