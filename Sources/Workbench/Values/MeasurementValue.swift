import Documents
import Inference
import Language
import Plots
import Scoring

/// A measured number with its unit, direction and n; in arithmetic it is its number.
public struct MeasurementValue: SessionValue {
    /// A number that belongs to it, such as the raw value of a normalised one.
    public struct Part: Sendable {
        public let name: String
        public let docs: String
        public let value: Double
        /// Its unit; nil for the measurement's own.
        public let unit: String?

        public init(_ name: String, _ docs: String, _ value: Double, unit: String? = nil) {
            self.name = name
            self.docs = docs
            self.value = value
            self.unit = unit
        }
    }

    /// What was measured, such as `loss`.
    public let label: String
    public let value: Double
    public let unit: String
    public let direction: Direction
    public let n: Int
    /// What n counts, such as `items`.
    public let of: String
    /// The standard error of the mean; nil where there is none.
    public let error: Double?
    /// How it was computed.
    public let arithmetic: Arithmetic
    public let parts: [Part]
    /// The lines that show it.
    public let lines: [String]

    public var typeName: String { "measurement" }

    /// What `print` writes: the number alone.
    public var description: String { "\(Self.shown(value)) \(unit)" }

    public var number: Number? { Number(value, Self.unit(unit)) }

    public var members: [Member] { Self.ownMembers + parts.map { Member($0.name, $0.docs) } }

    /// The names that no part may take.
    static let memberNames = Set(ownMembers.map(\.name) + ["raw", "normalized"])

    private static let ownMembers = [
        Member("value", "the number"), Member("unit", "what it counts"), Member("direction", "which way is better"),
        Member("n", "how many it is the mean of"), Member("error", "the standard error of the mean"),
    ]

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "value": return .number(Number(value, Self.unit(unit)))
        case "unit": return .text(unit)
        case "direction": return .text(direction.phrase)
        case "n": return .number(n)
        case "error": return error.map { .number(Number($0, Self.unit(unit))) } ?? .nothing
        default:
            guard let part = parts.first(where: { $0.name == name }) else {
                throw .noMember(name, of: typeName, among: members.map(\.name))
            }
            return .number(Number(part.value, Self.unit(part.unit ?? unit)))
        }
    }

    public func text(_ options: TextOptions) -> String { lines.joined(separator: "\n") }

    public var json: JSON {
        .fields(
            [
                ("metric", .string(label)), ("value", .finite(value)), ("unit", .string(unit)),
                ("direction", .string(direction.rawValue)), ("n", .whole(n)), ("of", .string(of)),
                ("error", error.map { .finite($0) } ?? .null), ("precision", .string(arithmetic.name)),
            ] + parts.map { ($0.name, .finite($0.value)) })
    }

    public var table: ValueTable? {
        let own: [ValueTable.Cell] = [
            .text(label), .number(value, decimals: nil), .text(unit), .text(direction.phrase), .integer(n), .text(of),
        ]
        return ValueTable(
            columns: ["metric", "value", "unit", "direction", "n", "of"] + parts.map(\.name),
            rows: [own + parts.map { .number($0.value, decimals: nil) }])
    }

    public func absorb(into digest: inout ValueDigest) {
        digest.mix(label)
        digest.mix(value)
        digest.mix(n)
        for part in parts { digest.mix(part.value) }
    }

    /// Shares and probabilities are plain numbers in arithmetic; what counts something keeps its unit.
    private static func unit(_ name: String) -> Unit {
        ["probability", "restored", "places from the top"].contains(name) ? .none : Unit(name)
    }

    /// `n 1 run`, `n 65 items`.
    static func counted(_ n: Int, _ things: String) -> String {
        "n \(NumberText.grouped(n)) \(n == 1 && things.hasSuffix("s") ? String(things.dropLast()) : things)"
    }

    /// A number as lines show it.
    static func shown(_ value: Double) -> String { NumberText.general(value, significant: 5) }

    /// A number with its sign, as the ends of a scale are shown.
    static func signed(_ value: Double) -> String { NumberText.signed(value, decimals: 2) }
}
