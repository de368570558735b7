/// Something that has a value, with its place in the script.
public struct Expression: Sendable {
    /// The forms of an expression.
    public indirect enum Kind: Sendable {
        /// `nothing`, `true`, `false`.
        case nothing, boolean(Bool)
        /// `7.5GiB`.
        case number(NumberLiteral)
        /// `"text"`.
        case text(String)
        /// A bare word in a place that takes words.
        case word(String)
        /// A variable, else a command without arguments.
        case name(String)
        /// `[a, b]`.
        case list([Expression])
        /// `base.name`.
        case member(Expression, Word)
        /// `base[terms]`.
        case index(Expression, [IndexTerm])
        /// `-x`, `not x`.
        case negation(Expression), inversion(Expression)
        /// `a + b`.
        case binary(Operator, Expression, Expression)
        /// `lower..<upper`, `lower...upper`.
        case range(Expression, Expression, isClosed: Bool)
        /// `(verb argument label argument)`.
        case call(Call)
    }

    /// Which form.
    public let kind: Kind
    /// Where.
    public let span: Span
    /// Levels below and including this one; bounded, so that nothing that walks a tree can exhaust the stack.
    let depth: Int

    init(_ kind: Kind, _ span: Span) {
        self.kind = kind
        self.span = span
        depth = 1 + kind.childDepth
    }

    /// The variable that a path such as `m.layers[2].experts[7]` starts from.
    public var rootName: String? {
        switch kind {
        case .name(let name): name
        case .member(let base, _), .index(let base, _): base.rootName
        default: nil
        }
    }
}

extension Expression.Kind {
    fileprivate var childDepth: Int {
        switch self {
        case .nothing, .boolean, .number, .text, .word, .name: 0
        case .list(let elements): elements.map(\.depth).max() ?? 0
        case .member(let base, _), .negation(let base), .inversion(let base): base.depth
        case .index(let base, let terms): max(base.depth, terms.map(\.depth).max() ?? 0)
        case .binary(_, let left, let right), .range(let left, let right, _): max(left.depth, right.depth)
        case .call(let call): max(call.arguments.depth, call.labels.map(\.depth).max() ?? 0)
        }
    }
}

/// A name with its place.
public struct Word: Sendable {
    /// The name.
    public let name: String
    /// Where.
    public let span: Span
}

/// One of the comma-separated terms between index brackets.
public enum IndexTerm: Sendable {
    /// An index, a range, a list, a text or a mask.
    case value(Expression)
    /// `lower:upper:step`, each optional.
    case slice(Expression?, Expression?, Expression?, Span)

    var span: Span {
        switch self {
        case .value(let expression): expression.span
        case .slice(_, _, _, let span): span
        }
    }

    fileprivate var depth: Int {
        switch self {
        case .value(let expression): expression.depth
        case .slice(let lower, let upper, let step, _): [lower, upper, step].map { $0?.depth ?? 0 }.max() ?? 0
        }
    }
}

/// Binary operators, loosest first.
public enum Operator: String, CaseIterable, Sendable {
    case or, and
    case equal = "==", unequal = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    case plus = "+", minus = "-", times = "*", divide = "/"

    var precedence: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .plus, .minus: 5
        case .times, .divide: 6
        }
    }

    var isComparison: Bool { precedence == Operator.equal.precedence }

    static let rangePrecedence = 4
    static let unaryPrecedence = 7
}

/// A command with its arguments.
public final class Call: Sendable {
    /// `time`, `explain` and `dry-run` before a command.
    public enum Prefix: String, CaseIterable, Sendable {
        case time, explain
        case dryRun = "dry-run"
    }

    /// The word before the verb, if any.
    public let prefix: Prefix?
    /// The verb.
    public let verb: Word
    /// What the verb was known as when the script was read.
    public let signature: Signature
    /// Positional arguments.
    public let arguments: [Argument]
    /// Labels in the order written.
    public let labels: [LabelUse]
    /// From the prefix to the last argument.
    public let span: Span
    /// Whether it stands without parentheses in a place for a metric.
    let isInline: Bool

    init(
        prefix: Prefix?, verb: Word, signature: Signature, arguments: [Argument], labels: [LabelUse], span: Span,
        isInline: Bool
    ) {
        self.prefix = prefix
        self.verb = verb
        self.signature = signature
        self.arguments = arguments
        self.labels = labels
        self.span = span
        self.isInline = isInline
    }
}

/// What stands in the place of a parameter.
public struct Argument: Sendable {
    /// Whether `each` stands before it, or alone.
    public let isEach: Bool
    /// The value, absent where `each` stands alone.
    public let expression: Expression?
    /// Where.
    public let span: Span
}

/// A label in a command, with its arguments and the labels that belong to it.
public struct LabelUse: Sendable {
    /// The declaration.
    public let label: Label
    /// The word as written.
    public let word: Word
    /// Its arguments.
    public let arguments: [Argument]
    /// Labels that belong to it.
    public let labels: [LabelUse]

    var depth: Int { max(arguments.depth, labels.map(\.depth).max() ?? 0) }
}

extension [Argument] {
    var depth: Int { map { $0.expression?.depth ?? 0 }.max() ?? 0 }
}
