extension Statement {
    /// The statement in its one canonical spelling; reading it gives the same tree. Journals and replays hold this.
    public var canonical: String {
        guard isQuiet else { return kind.canonical }
        return kind.canonical + ";"
    }
}

extension Statement.Kind {
    fileprivate var canonical: String {
        switch self {
        case .command(let call): return call.canonical
        case .expression(let expression):
            // At the start of a statement a call without parentheses would be a command.
            return expression.canonical
        case .assignment(let word, let value): return "\(word.name) = \(value.headText)"
        case .loop(let word, let values, let body):
            return "for \(word.name) in \(values.canonical) \(body.blockText)"
        case .branch(let condition, let body, let otherwise):
            var text = "if \(condition.canonical) \(body.blockText)"
            if let otherwise { text += " else \(otherwise.blockText)" }
            return text
        case .definition(let definition): return definition.canonical
        case .scoped(let call, let body): return "with \(call.canonical) \(body.blockText)"
        case .assertion(let condition, let message):
            return "assert \(condition.canonical)" + (message.map { " \($0.quoted)" } ?? "")
        case .include(let path, _): return "include \(path.quoted)"
        case .invalid: return ""
        }
    }
}

extension Definition {
    fileprivate var canonical: String {
        let labels = signature.labels.flatMap { [$0.name] + $0.parameters.map(\.name) }
        let names = [signature.name] + signature.parameters.map(\.name) + labels
        return "def \(names.joined(separator: " ")) \(body.blockText)"
    }
}

extension [Statement] {
    fileprivate var blockText: String {
        guard !isEmpty else { return "{ }" }
        let lines = map(\.canonical).joined(separator: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        return "{\n" + lines.map { "    \($0)\n" }.joined() + "}"
    }
}

extension Call {
    /// The command in its canonical spelling.
    public var canonical: String {
        var words = [verb.name] + arguments.map(\.canonical) + labels.map(\.canonical)
        if let prefix { words.insert(prefix.rawValue, at: 0) }
        return words.joined(separator: " ")
    }
}

extension LabelUse {
    fileprivate var canonical: String {
        ([word.name] + arguments.map(\.canonical) + labels.map(\.canonical)).joined(separator: " ")
    }
}

extension Argument {
    /// The argument in its canonical spelling.
    public var canonical: String {
        let value = expression?.argumentText
        return [isEach ? "each" : nil, value].compactMap(\.self).joined(separator: " ")
    }
}

extension Expression {
    /// The expression in its canonical spelling, with the fewest parentheses.
    public var canonical: String { text(within: 0) }

    /// After `=`, where a call needs no parentheses.
    fileprivate var headText: String {
        if case .call(let call) = kind { return call.canonical }
        return canonical
    }

    /// As an argument: arithmetic and calls in parentheses.
    fileprivate var argumentText: String {
        switch kind {
        case .range(let lower, let upper, let isClosed):
            return lower.postfixOrSignedText + (isClosed ? "..." : "..<") + upper.postfixOrSignedText
        case .call(let call) where call.isInline: return call.canonical
        default: return postfixOrSignedText
        }
    }

    private var postfixOrSignedText: String {
        if case .number = kind { return canonical }
        return baseText
    }

    /// As the base of a member or an index.
    private var baseText: String {
        switch kind {
        case .number(let literal) where literal.magnitude.sign == .minus: return "(\(canonical))"
        case .negation, .inversion, .binary, .range: return "(\(canonical))"
        default: return canonical
        }
    }

    private func text(within precedence: Int) -> String {
        switch kind {
        case .nothing: return "nothing"
        case .boolean(let value): return value ? "true" : "false"
        case .number(let literal): return literal.text
        case .text(let text): return text.quoted
        case .word(let word): return word
        case .name(let name): return name
        case .list(let elements): return "[" + elements.map(\.canonical).joined(separator: ", ") + "]"
        case .member(let base, let word): return base.baseText + "." + word.name
        case .index(let base, let terms): return base.baseText + "[" + terms.map(\.text).joined(separator: ", ") + "]"
        case .negation(let inner):
            // A literal keeps its own sign, so the operand of this one is never a bare number.
            return "-" + inner.text(within: Operator.unaryPrecedence)
        case .inversion(let inner):
            let text = "not " + inner.text(within: Operator.equal.precedence)
            return precedence > Operator.and.precedence ? "(\(text))" : text
        case .binary(let binary, let left, let right):
            let leftPrecedence = binary.isComparison ? binary.precedence + 1 : binary.precedence
            let text =
                left.text(within: leftPrecedence) + " \(binary.rawValue) " + right.text(within: binary.precedence + 1)
            return precedence > binary.precedence ? "(\(text))" : text
        case .range(let lower, let upper, let isClosed):
            let inner = Operator.rangePrecedence + 1
            let text = lower.text(within: inner) + (isClosed ? "..." : "..<") + upper.text(within: inner)
            return precedence > Operator.rangePrecedence ? "(\(text))" : text
        case .call(let call): return "(\(call.canonical))"
        }
    }
}

extension IndexTerm {
    fileprivate var text: String {
        switch self {
        case .value(let expression): return expression.canonical
        case .slice(let lower, let upper, let step, _):
            let bounds = (lower?.canonical ?? "") + ":" + (upper?.canonical ?? "")
            return step.map { bounds + ":" + $0.canonical } ?? bounds
        }
    }
}

extension String {
    /// As a text literal.
    public var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "\0": text += "\\0"
            case _ where scalar.value < 32 || (127..<160).contains(scalar.value):
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
