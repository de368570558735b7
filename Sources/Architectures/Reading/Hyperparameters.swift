import Documents

/// The hyperparameters of a checkpoint, which remember which of them were asked for: what nobody asked for and nobody
/// calls harmless is refused by name.
public struct Hyperparameters: Sendable {
    /// The largest size, count or length that is believed; products of two such numbers stay far inside an `Int`.
    static let sizeLimit = Int(Int32.max)
    /// The most layers that are believed.
    static let layerLimit = 4096
    /// The most experts of a layer that are believed.
    static let expertLimit = 65536

    /// The file they come from.
    let file: String
    /// What stands before each key in the file.
    let prefix: String
    /// The rows of the embedding, where GGUF leaves the size of the vocabulary out.
    var embeddingRows: Int?
    let values: JSONObject
    private var asked: Set<String> = []

    init(file: String, prefix: String, values: JSONObject, embeddingRows: Int? = nil) {
        self.file = file
        self.prefix = prefix
        self.values = values
        self.embeddingRows = embeddingRows
    }

    /// Whether there are no keys.
    var isEmpty: Bool { values.isEmpty }

    /// Whether a key has a value other than null.
    func holds(_ key: String) -> Bool { values[key].map { !$0.isNull } ?? false }

    /// Whether a key stands in the file, be it with null.
    func mentions(_ key: String) -> Bool { values[key] != nil }

    /// The value of a key; nil where it is absent or null.
    mutating func value(_ key: String) -> JSON? {
        asked.insert(key)
        // Not `nil`, which is also a JSON literal.
        return values[key].flatMap { $0.isNull ? Optional.none : $0 }
    }

    /// An integer of a range, or nil where it is absent.
    mutating func integer(_ key: String, in range: ClosedRange<Int> = 1...sizeLimit) throws(BindingError) -> Int? {
        guard let value = value(key) else { return nil }
        return try integer(value, key, range)
    }

    /// An integer of a range.
    mutating func integer(
        _ key: String, in range: ClosedRange<Int> = 1...sizeLimit, default fallback: Int?
    ) throws(BindingError) -> Int {
        let given = try integer(key, in: range)
        return try required(given ?? fallback, key)
    }

    /// A finite number above 0, or nil where it is absent.
    mutating func positive(_ key: String) throws(BindingError) -> Float? {
        guard let value = value(key) else { return nil }
        guard let number = value.asDouble, Float(number).isFinite, Float(number) > 0 else {
            throw bad(key, value, "a number above 0")
        }
        return Float(number)
    }

    /// A finite number above 0.
    mutating func positive(_ key: String, default fallback: Float?) throws(BindingError) -> Float {
        let given = try positive(key)
        return try required(given ?? fallback, key)
    }

    /// A truth value.
    mutating func boolean(_ key: String, default fallback: Bool) throws(BindingError) -> Bool {
        guard let value = value(key) else { return fallback }
        guard let truth = value.asBoolean else { throw bad(key, value, "true or false") }
        return truth
    }

    /// A text, or nil where it is absent.
    mutating func text(_ key: String) throws(BindingError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.asString else { throw bad(key, value, "a text") }
        return text
    }

    /// Integers: a list, or one number for each of `layers`.
    mutating func perLayer(
        _ key: String, layers: Int, in range: ClosedRange<Int> = 1...sizeLimit
    ) throws(BindingError) -> [Int]? {
        guard let value = value(key) else { return nil }
        guard let elements = value.asArray else {
            return Array(repeating: try integer(value, key, range), count: layers)
        }
        guard elements.count == layers else { throw bad(key, "\(elements.count) values", "one a layer, \(layers)") }
        var integers: [Int] = []
        for element in elements { integers.append(try integer(element, key, range)) }
        return integers
    }

    /// An integer that must be the same in every layer where it is a list.
    mutating func uniform(
        _ key: String, layers: Int, in range: ClosedRange<Int> = 1...sizeLimit, default fallback: Int?
    ) throws(BindingError) -> Int {
        guard let integers = try perLayer(key, layers: layers, in: range) else { return try required(fallback, key) }
        guard let first = integers.first, integers.allSatisfy({ $0 == first }) else {
            throw bad(key, "\(integers)", "the same number in every layer")
        }
        return first
    }

    /// Refuses every value of a key but those that Lancet's computation has.
    mutating func expect(_ key: String, _ allowed: [JSON]) throws(BindingError) {
        guard let value = value(key), !allowed.contains(where: { Self.isSame($0, value) }) else { return }
        throw unsupported(key, value)
    }

    /// The keys below a key whose value is an object; nil where it is absent.
    mutating func group(_ key: String) throws(BindingError) -> Hyperparameters? {
        guard let value = value(key) else { return nil }
        guard let object = value.asObject else { throw bad(key, value, "an object") }
        return Hyperparameters(file: file, prefix: prefix + key + ".", values: object)
    }

    /// Refuses what nobody asked for.
    /// - Throws: `BindingError` naming the first such key and its value.
    func finish(ignoring harmless: Set<String> = []) throws(BindingError) {
        for member in values.members where !asked.contains(member.key) && !harmless.contains(member.key) {
            throw BindingError(
                code: "binding.unknown-hyperparameter", subject: place(member.key),
                message: "unknown hyperparameter with value \(shown(member.value))",
                remedy: "Lancet cannot tell whether it changes the computation; take the key out if it does not")
        }
    }

    /// The error for a value that means a computation which Lancet does not have.
    func unsupported(_ key: String, _ value: JSON, remedy: String? = nil) -> BindingError {
        BindingError(
            code: "binding.unsupported-hyperparameter", subject: place(key),
            message: "\(shown(value)) asks for a computation that Lancet does not have", remedy: remedy)
    }

    /// The error for a value that cannot be.
    func bad(_ key: String, _ value: JSON, _ expected: String) -> BindingError { bad(key, shown(value), expected) }

    func bad(_ key: String, _ value: String, _ expected: String) -> BindingError {
        BindingError(
            code: "binding.hyperparameter", subject: place(key), message: "\(value) where \(expected) is expected",
            remedy: "the file is damaged or was edited by hand: take it from its source again")
    }

    /// The value, or else the error for a key that has to be there.
    func required<Value>(_ value: Value?, _ key: String) throws(BindingError) -> Value {
        if let value { return value }
        throw BindingError(
            code: "binding.missing-hyperparameter", subject: place(key), message: "it is missing",
            remedy: "convert the checkpoint again with a current converter")
    }

    private func integer(_ value: JSON, _ key: String, _ range: ClosedRange<Int>) throws(BindingError) -> Int {
        guard let integer = value.asInteger, range.contains(integer) else {
            throw bad(key, value, "an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    private func place(_ key: String) -> String { "\(file), \(prefix)\(key)" }

    private func shown(_ value: JSON) -> String {
        let text = value.printed()
        return text.count <= 80 ? text : text.prefix(80) + "…"
    }

    /// Whether two values mean the same: 1 and 1.0 do.
    private static func isSame(_ a: JSON, _ b: JSON) -> Bool {
        if let a = a.asDouble, let b = b.asDouble { return a == b }
        return a == b
    }
}
