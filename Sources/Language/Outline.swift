extension Program {
    /// The tree as nested lists, without places: two scripts mean the same where their outlines are equal.
    public var outline: String { statements.map(\.outline).joined(separator: "\n") }
}

extension Statement {
    /// The statement's tree as a nested list.
    public var outline: String {
        let text =
            switch kind {
            case .command(let call): "(do \(call.outline))"
            case .expression(let expression): "(show \(expression.outline))"
            case .assignment(let word, let value): "(let \(word.name) \(value.outline))"
            case .loop(let word, let values, let body): "(for \(word.name) \(values.outline)\(body.outline))"
            case .branch(let condition, let body, let otherwise):
                "(if \(condition.outline)\(body.outline)" + (otherwise.map { " else\($0.outline)" } ?? "") + ")"
            case .definition(let definition): "(def \(definition.signature.usage)\(definition.body.outline))"
            case .scoped(let call, let body): "(with \(call.outline)\(body.outline))"
            case .assertion(let condition, let message):
                "(assert \(condition.outline)" + (message.map { " \($0.quoted)" } ?? "") + ")"
            case .include(let path, let program): "(include \(path.quoted)\(program.statements.outline))"
            case .invalid: "(invalid)"
            }
        return isQuiet ? "(quiet \(text))" : text
    }
}

extension [Statement] {
    fileprivate var outline: String { " {" + map { " " + $0.outline }.joined() + " }" }
}

extension Call {
    /// The call's tree as a nested list.
    public var outline: String {
        "(" + (prefix.map { $0.rawValue + " " } ?? "") + verb.name + arguments.outline
            + labels.map { " " + $0.outline }.joined() + ")"
    }
}

extension LabelUse {
    fileprivate var outline: String {
        "\(word.name):(" + (arguments.outline + labels.map { " " + $0.outline }.joined()).dropFirst() + ")"
    }
}

extension [Argument] {
    fileprivate var outline: String {
        map { argument in
            (argument.isEach ? " each" : "") + (argument.expression.map { " " + $0.outline } ?? "")
        }.joined()
    }
}

extension Expression {
    /// The expression's tree as a nested list.
    public var outline: String {
        switch kind {
        case .nothing: "nothing"
        case .boolean(let value): value ? "true" : "false"
        case .number(let literal): literal.text
        case .text(let text): text.quoted
        case .word(let word): "'\(word)"
        case .name(let name): name
        case .list(let elements): "[" + elements.map(\.outline).joined(separator: " ") + "]"
        case .member(let base, let word): "(. \(base.outline) \(word.name))"
        case .index(let base, let terms): "(at \(base.outline)\(terms.map { " " + $0.outline }.joined()))"
        case .negation(let inner): "(neg \(inner.outline))"
        case .inversion(let inner): "(not \(inner.outline))"
        case .binary(let binary, let left, let right): "(\(binary.rawValue) \(left.outline) \(right.outline))"
        case .range(let lower, let upper, let isClosed):
            "(\(isClosed ? "..." : "..<") \(lower.outline) \(upper.outline))"
        case .call(let call): call.outline
        }
    }
}

extension IndexTerm {
    fileprivate var outline: String {
        switch self {
        case .value(let expression): expression.outline
        case .slice(let lower, let upper, let step, _):
            "(: " + [lower, upper, step].map { $0?.outline ?? "_" }.joined(separator: " ") + ")"
        }
    }
}
