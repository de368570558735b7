/// A command about to run, with everything evaluated.
public struct Invocation: Sendable {
    /// The variable that the first argument's path starts from.
    public struct Root: Sendable {
        /// Its name.
        public let name: String
        /// Its present value.
        public let value: Value
    }

    /// The command.
    public let signature: Signature
    /// `time`, `explain` or `dry-run` before it.
    public let prefix: Call.Prefix?
    /// Whether it stands as a statement, so that an edit rebinds.
    public let isStatement: Bool
    /// Positional arguments.
    public let arguments: [BoundArgument]
    /// Labels in the order written.
    public let labels: [BoundLabel]
    /// The variable that the first argument starts from.
    public let root: Root?
    /// The command as written, for places.
    public let call: Call
    /// The text that the spans point into.
    public let source: SourceText

    /// The command in its canonical spelling, without a prefix that only observes.
    public var text: String { call.canonical }

    /// The positional argument of a declared name, if given.
    public func argument(_ name: String) -> BoundArgument? {
        zip(signature.parameters, arguments).first { $0.0.name == name }?.1
    }

    /// All that a rest parameter took.
    public func rest(_ name: String) -> ArraySlice<BoundArgument> {
        guard let start = signature.parameters.firstIndex(where: { $0.name == name }) else { return [] }
        return arguments.dropFirst(start)
    }

    /// The first use of a label.
    public func label(_ name: String) -> BoundLabel? { labels.first { $0.name == name } }

    /// The first argument of a label.
    public subscript(label: String) -> BoundArgument? { self.label(label)?.arguments.first }

    /// Whether a label or flag is given.
    public func has(_ label: String) -> Bool { self.label(label) != nil }

    /// A required positional argument; the parser has seen to it that it is there.
    public func required(_ name: String) throws(LanguageError) -> BoundArgument {
        if let argument = argument(name) { return argument }
        throw LanguageError(.missingArgument, "`\(signature.name)` needs `\(name)`", help: "usage: \(signature.usage)")
    }
}

/// A label with its values and the labels that belong to it.
public struct BoundLabel: Sendable {
    /// The word.
    public let name: String
    /// Its arguments.
    public let arguments: [BoundArgument]
    /// Labels that belong to it.
    public let labels: [BoundLabel]
    /// The declaration.
    public let label: Label
    /// Where the word stands.
    public let span: Span

    /// The first use of a label that belongs to this one.
    public func label(_ name: String) -> BoundLabel? { labels.first { $0.name == name } }

    /// The first argument of a label that belongs to this one.
    public subscript(label: String) -> BoundArgument? { self.label(label)?.arguments.first }
}

/// An evaluated argument.
public struct BoundArgument: Sendable {
    /// Its value; `nothing` where `each` stands alone.
    public let value: Value
    /// Whether `each` stands before it or alone.
    public let isEach: Bool
    /// Whether it was one of the declared bare words.
    public let isWord: Bool
    /// Where.
    public let span: Span
    /// The expression as written, canonically.
    public let text: String

    /// The value as a text.
    public func asText() throws(LanguageError) -> String {
        if case .text(let text) = value { return text }
        throw .wrongKind(value, wanted: "a text", span: span)
    }

    /// The value as a number of any unit.
    public func asNumber() throws(LanguageError) -> Number {
        if case .number(let number) = value.asPlain { return number }
        throw .wrongKind(value, wanted: "a number", span: span)
    }

    /// The value as a whole number within a range.
    public func asInteger(in range: ClosedRange<Int> = Int.min...Int.max) throws(LanguageError) -> Int {
        guard let integer = try asNumber().integer else {
            throw LanguageError(.wrongKind, "this is no whole number", span: span)
        }
        guard range.contains(integer) else {
            let bound =
                range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound)…\(range.upperBound)"
            throw LanguageError(.index, "\(integer) is out of range", help: "It must be \(bound).", span: span)
        }
        return integer
    }

    /// The value as whole numbers: a number, a range or a list.
    public func asIntegers(limit: Int = 1 << 24) throws(LanguageError) -> [Int] {
        switch value {
        case .range(let range):
            guard range.count <= limit else { throw LanguageError(.index, "this range is too long", span: span) }
            return Array(range.lower..<range.upper)
        case .list(let values):
            var integers: [Int] = []
            for value in values {
                guard case .number(let number) = value, let integer = number.integer else {
                    throw .wrongKind(value, wanted: "a whole number", span: span)
                }
                integers.append(integer)
            }
            return integers
        default: return [try asInteger()]
        }
    }

    /// The value as a host object of a type.
    public func asObject<Object>(_ type: Object.Type, _ wanted: String) throws(LanguageError) -> Object {
        if case .object(let object) = value, let found = object as? Object { return found }
        throw .wrongKind(value, wanted: wanted.withArticle, span: span)
    }
}
