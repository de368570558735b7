/// A JSON document, or a part of one, as a value.
///
/// Objects keep the order of their members, integers of up to 64 bits are exact, and strings are compared by their
/// UTF-8 bytes: `"é"` written with one scalar and with two are different, because files that name things by bytes
/// (vocabularies, tensor directories) need them to be.
public enum JSON: Sendable {
    case null
    case boolean(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON {
    /// Whether this is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The truth value, or nil if this is not one.
    public var asBoolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The number, or nil if this is not one.
    public var asNumber: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The number as a `Double` (rounded if it is an integer beyond 2^53), or nil if this is not a number.
    public var asDouble: Double? { asNumber?.double }

    /// The number as an `Int`, or nil if this is not a number or not exactly an `Int`.
    public var asInteger: Int? { asNumber?.integer }

    /// The text, or nil if this is not a string.
    public var asString: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, or nil if this is not an array.
    public var asArray: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, or nil if this is not an object.
    public var asObject: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of that name; nil if there is none or if this is not an object.
    public subscript(key: String) -> JSON? { asObject?[key] }

    /// The element at that position; nil if it is out of range or if this is not an array.
    public subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The word that a message uses for what this is: `null`, `boolean`, `number`, `string`, `array` or `object`.
    public var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSON: Hashable {
    /// Whether two values are the same; strings by their bytes, objects whatever the order of their members.
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): ByteKey(a) == ByteKey(b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    /// Feeds the value into a hasher.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): hasher.combine(ByteKey(value))
        case .array(let value): hasher.combine(value)
        case .object(let value): hasher.combine(value)
        }
    }
}
