/// A value of the host's: a model, a run, a table. Immutable; an edited one is a new value.
public protocol ObjectValue: Sendable {
    /// The kind in one word, without article: `layer`.
    var typeName: String { get }
    /// One line, for lists and `print`.
    var description: String { get }
    /// What may follow a full stop, in display order.
    var members: [Member] { get }
    /// The members of one name.
    /// - Throws: `LanguageError.noMember` for any other name.
    func member(_ name: String) throws(LanguageError) -> Value
    /// The value in brackets after it. An error's `index` says which term is at fault.
    func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value
    /// What `for` walks over; nil where there is nothing to walk over.
    func elements() throws(LanguageError) -> [Value]?
    /// The number it counts as in arithmetic, comparisons and functions; nil where it is none.
    var number: Number? { get }
    /// `self op other`, or `other op self` where `isReversed`; nil where it has no such operation.
    func applying(_ operation: Operator, _ other: Value, isReversed: Bool) throws(LanguageError) -> Value?
    /// `-self`; nil where it has none.
    func negated() throws(LanguageError) -> Value?
    /// A built-in function such as `abs`, `mean`, `len` on `[self] + rest`; nil where it has none.
    func applying(function: String, _ rest: [Value]) throws(LanguageError) -> Value?
    /// Whether both are the same value.
    func isEqual(to other: any ObjectValue) -> Bool
}

/// A name that may follow a full stop.
public struct Member: Sendable {
    /// The name.
    public let name: String
    /// One line.
    public let docs: String

    /// Describes a member.
    public init(_ name: String, _ docs: String = "") {
        self.name = name
        self.docs = docs
    }
}

extension ObjectValue {
    /// No members.
    public var members: [Member] { [] }

    /// Refuses every name.
    public func member(_ name: String) throws(LanguageError) -> Value {
        throw .noMember(name, of: typeName, among: members.map(\.name))
    }

    /// Refuses every index.
    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        throw LanguageError(.index, "\(typeName.withArticle) cannot be indexed")
    }

    /// Nothing to walk over.
    public func elements() throws(LanguageError) -> [Value]? { nil }

    /// No number.
    public var number: Number? { nil }

    /// No operations.
    public func applying(_ operation: Operator, _ other: Value, isReversed: Bool) throws(LanguageError) -> Value? {
        nil
    }

    /// No negation.
    public func negated() throws(LanguageError) -> Value? { nil }

    /// No functions.
    public func applying(function: String, _ rest: [Value]) throws(LanguageError) -> Value? { nil }

    /// Equal to nothing.
    public func isEqual(to other: any ObjectValue) -> Bool { false }
}
