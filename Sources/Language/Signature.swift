/// What a command is: declared once, and read by parser, checker, help, completion and reference.
public final class Signature: Sendable {
    /// What running a command changes.
    public enum Effect: String, Sendable {
        /// Nothing: it only computes.
        case pure
        /// It makes an edited copy of its first argument's owner; as a statement it rebinds that variable.
        case edit
        /// It writes a file.
        case writesFile
        /// It changes the session: variables, history, settings.
        case session
    }

    /// A shelf of the reference.
    public struct Category: Hashable, Sendable {
        /// Heading of the shelf.
        public let name: String
        /// Makes a category.
        public init(_ name: String) { self.name = name }
        /// Commands that give a metric; they may stand without parentheses where a metric is wanted.
        public static let metric = Category("metrics")
        /// Functions of numbers and lists.
        public static let functions = Category("functions")
        /// What the user's own `def`s belong to.
        public static let defined = Category("defined here")
    }

    /// The verb.
    public let name: String
    /// One line: what it does.
    public let summary: String
    /// Paragraphs for `help VERB`.
    public let docs: String
    /// Its shelf.
    public let category: Category
    /// What it changes.
    public let effect: Effect
    /// Positional arguments in order.
    public let parameters: [Parameter]
    /// Labels, in the order that help shows.
    public let labels: [Label]
    /// Unit and direction of the result, in words.
    public let result: String
    /// Scripts that run as they stand.
    public let examples: [String]

    /// Declares a command.
    public init(
        _ name: String, _ summary: String, docs: String = "", category: Category, effect: Effect = .pure,
        parameters: [Parameter] = [], labels: [Label] = [], result: String = "", examples: [String] = []
    ) {
        self.name = name
        self.summary = summary
        self.docs = docs
        self.category = category
        self.effect = effect
        self.parameters = parameters
        self.labels = labels
        self.result = result
        self.examples = examples
    }

    /// How it is written: `patch [each] selection from run into run [at positions] [measure metric]`.
    public var usage: String {
        ([name] + parameters.map(\.usage) + labels.map(\.usage)).joined(separator: " ")
    }
}

/// A positional argument of a command or of a label.
public struct Parameter: Sendable {
    /// What may stand in the place.
    public indirect enum Shape: Sendable {
        /// Any value.
        case any
        /// A text.
        case text
        /// A number; with a unit, one in that unit, where a plain number stands for a fraction.
        case number(Unit)
        /// A whole number.
        case integer
        /// A bare word, taken as it stands: the name of a command, of a code.
        case name
        /// One of these bare words, or any expression that gives one of them as a text.
        case choice([String])
        /// One of these bare words, or any value.
        case choiceOrAny([String])
        /// A metric: a value, or a call of a command in category `metric` without parentheses.
        case metric

        /// The bare words that win over variables here.
        var words: [String] {
            switch self {
            case .choice(let words), .choiceOrAny(let words): words
            default: []
            }
        }
    }

    /// Where `each` may stand.
    public enum Each: Sendable {
        /// Nowhere.
        case never
        /// Before the value: `ablate each m.heads`.
        case before
        /// Instead of a value: `at each`.
        case alone
    }

    /// Name for help and for `Invocation.argument`.
    public let name: String
    /// What it takes.
    public let shape: Shape
    /// One line.
    public let docs: String
    /// Whether it may be left out.
    public let isOptional: Bool
    /// Whether it takes all that remain; only the last may.
    public let isRest: Bool
    /// Whether it sweeps.
    public let each: Each
    /// Those of its words that go with a word in the first place, where only some do.
    public let narrowing: [String: [String]]

    /// Declares a parameter.
    public init(
        _ name: String, _ shape: Shape = .any, _ docs: String = "", optional: Bool = false, rest: Bool = false,
        each: Each = .never, narrowing: [String: [String]] = [:]
    ) {
        self.name = name
        self.shape = shape
        self.docs = docs
        isOptional = optional || rest
        isRest = rest
        self.each = each
        self.narrowing = narrowing
    }

    /// What stands here behind that word in the first place.
    func narrowed(behind first: String?) -> Parameter {
        guard let first, let words = narrowing[first] else { return self }
        let shape: Shape = if case .choice = shape { .choice(words) } else { .choiceOrAny(words) }
        return Parameter(name, shape, docs, optional: isOptional, rest: isRest, each: each)
    }

    var usage: String {
        let words = shape.words.joined(separator: "|")
        var text =
            switch shape {
            case .choice: words
            case .choiceOrAny: words.isEmpty ? name : "\(words)|\(name)"
            default: name
            }
        switch each {
        case .never: break
        case .before: text = "[each] \(text)"
        case .alone: text = "each|\(text)"
        }
        if isRest { text += " …" }
        return isOptional ? "[\(text)]" : text
    }
}

/// A word within a command that introduces arguments of its own, or a flag.
public struct Label: Sendable {
    /// The word.
    public let name: String
    /// What follows it; a flag has none.
    public let parameters: [Parameter]
    /// Labels that belong to it: `with mean over calib`.
    public let labels: [Label]
    /// One line.
    public let docs: String
    /// Whether the command needs it.
    public let isRequired: Bool
    /// Whether it may be given more than once.
    public let isRepeatable: Bool
    /// Whether it makes an edit only measure or yield, so that nothing is rebound.
    public let keepsVariable: Bool
    /// The word in the first place of its owner that it goes with; nil for any.
    public private(set) var behind: String?

    /// Declares a label with the arguments that follow it; none makes a flag.
    public init(
        _ name: String, _ parameters: Parameter..., labels: [Label] = [], docs: String = "", required: Bool = false,
        repeatable: Bool = false, keepsVariable: Bool = false
    ) {
        self.init(
            name, parameters: parameters, labels: labels, docs: docs, required: required, repeatable: repeatable,
            keepsVariable: keepsVariable)
    }

    /// Declares a label from a list of arguments.
    public init(
        _ name: String, parameters: [Parameter], labels: [Label] = [], docs: String = "", required: Bool = false,
        repeatable: Bool = false, keepsVariable: Bool = false
    ) {
        self.name = name
        self.parameters = parameters
        self.labels = labels
        self.docs = docs
        isRequired = required
        isRepeatable = repeatable
        self.keepsVariable = keepsVariable
    }

    /// The same label where it goes with that word in the first place only.
    public func only(behind word: String) -> Label {
        var label = self
        label.behind = word
        return label
    }

    var usage: String {
        let inner = ([name] + parameters.map(\.usage) + labels.map(\.usage)).joined(separator: " ")
        return isRequired ? inner : "[\(inner)]"
    }
}
