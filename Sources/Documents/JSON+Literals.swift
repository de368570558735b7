extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`, written `nil`.
    public init(nilLiteral: ()) { self = .null }

    /// A truth value, written `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }

    /// An integer, written as in Swift.
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }

    /// A number with a fraction, written as in Swift.
    public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }

    /// A text, written as in Swift.
    public init(stringLiteral value: String) { self = .string(value) }

    /// An array, written as in Swift.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// An object whose members keep the order in which they are written. A key must not be written twice.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var object = JSONObject()
        for (key, value) in elements {
            let isNew = object.append(key, value)
            precondition(isNew, "a JSON literal repeats a key")
        }
        self = .object(object)
    }
}
