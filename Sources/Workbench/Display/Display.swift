import Documents
import Language
import Plots

/// Shows values in one of the display modes.
public struct Display {
    public let mode: DisplayMode
    public let options: TextOptions

    public init(mode: DisplayMode, options: TextOptions) {
        self.mode = mode
        self.options = options
    }

    /// A value as the mode shows it, without a newline at the end.
    public func rendered(_ value: Value) -> String {
        switch mode {
        case .text: return text(value)
        case .json: return value.json.printed()
        case .csv:
            guard let table = value.table else { return text(value) }
            return String(table.csv.dropLast())
        case .markdown: return value.table?.markdown ?? text(value)
        }
    }

    private func text(_ value: Value) -> String {
        switch value {
        case .object(let object): (object as? any SessionValue)?.text(options) ?? object.description
        case .list(let values) where values.contains { if case .object = $0 { true } else { false } }:
            values.map(text).joined(separator: "\n")
        default: value.description
        }
    }
}

extension Value {
    /// The value as JSON: numbers in their unit's own scale, ranges as their ends.
    var json: JSON {
        switch self {
        case .nothing: .null
        case .number(let number): number.integer.map { .whole($0) } ?? .finite(number.value)
        case .text(let text): .string(text)
        case .boolean(let flag): .boolean(flag)
        case .range(let range): .fields([("from", .whole(range.lower)), ("below", .whole(range.upper))])
        case .list(let values): .array(values.map(\.json))
        case .function(let definition): .string("def " + definition.signature.usage)
        case .object(let object): (object as? any SessionValue)?.json ?? .string(object.description)
        }
    }

    var table: ValueTable? {
        if case .object(let object) = self { return (object as? any SessionValue)?.table }
        return nil
    }
}

extension JSON {
    /// A number, or the words for what JSON has no number for.
    static func finite(_ value: Double) -> JSON {
        value.isFinite ? .number(JSONNumber(value)) : .string(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
    }

    static func whole(_ value: Int) -> JSON { .number(JSONNumber(value)) }

    /// An object of the given members, in order; of two with one key the later counts.
    static func fields(_ fields: [(String, JSON)]) -> JSON {
        var object = JSONObject()
        for (key, value) in fields { object[key] = value }
        return .object(object)
    }
}
