extension Parser {
    /// After `=` and after `(`: a call, or an expression.
    mutating func head() throws(Diagnostic) -> Expression {
        expecting(.value(allowsCalls: true))
        if let call = try callIfAny() { return try node(.call(call), call.span) }
        return try expression()
    }

    var binaryOperator: Operator? {
        switch current.kind {
        case .word(let word) where word == "and" || word == "or": Operator(rawValue: word)
        case .symbol(let symbol): Operator(rawValue: symbol.rawValue)
        default: nil
        }
    }

    private var rangeIsClosed: Bool? {
        if current.isSymbol(.rangeUpTo) { return false }
        return current.isSymbol(.rangeThrough) ? true : nil
    }

    /// An expression whose operators bind at least as tightly as `minimum`.
    mutating func expression(minimum: Int = 0) throws(Diagnostic) -> Expression {
        try enter()
        defer { depth -= 1 }
        var left = try operand()
        while true {
            if let isClosed = rangeIsClosed, minimum <= Operator.rangePrecedence {
                advance()
                let right = try expression(minimum: Operator.rangePrecedence + 1)
                left = try node(.range(left, right, isClosed: isClosed), left.span.joined(right.span))
                if rangeIsClosed != nil { throw unexpected("a range has two ends") }
            } else if let binary = binaryOperator, binary.precedence >= minimum {
                advance()
                let right = try expression(minimum: binary.precedence + 1)
                left = try node(.binary(binary, left, right), left.span.joined(right.span))
                if binary.isComparison, binaryOperator?.isComparison == true {
                    throw unexpected("comparisons do not chain", help: "write a < b and b < c")
                }
            } else {
                return left
            }
        }
    }

    /// A postfix expression with the signs before it.
    private mutating func operand() throws(Diagnostic) -> Expression {
        let start = current.span
        if take(.minus) {
            try enter()
            defer { depth -= 1 }
            let inner = try operand()
            return try negated(inner, start.joined(inner.span))
        }
        if current.word == ReservedWord.not.rawValue {
            advance()
            let inner = try expression(minimum: Operator.equal.precedence)
            return try node(.inversion(inner), start.joined(inner.span))
        }
        return try postfix()
    }

    /// A sign before a literal belongs to the literal, so that an argument can be negative.
    private func negated(_ inner: Expression, _ span: Span) throws(Diagnostic) -> Expression {
        if case .number(let literal) = inner.kind { return try node(.number(literal.negated), span) }
        return try node(.negation(inner), span)
    }

    /// A postfix expression, or a range of two: an argument ends where the next label begins.
    mutating func argumentExpression() throws(Diagnostic) -> Expression {
        try enter()
        defer { depth -= 1 }
        let lower = try signedPostfix()
        guard let isClosed = rangeIsClosed else { return lower }
        advance()
        let upper = try signedPostfix()
        return try node(.range(lower, upper, isClosed: isClosed), lower.span.joined(upper.span))
    }

    private mutating func signedPostfix() throws(Diagnostic) -> Expression {
        let start = current.span
        guard take(.minus) else { return try postfix() }
        let inner = try postfix()
        return try negated(inner, start.joined(inner.span))
    }

    private mutating func postfix() throws(Diagnostic) -> Expression {
        var base = try primary()
        while !current.isSpaced {
            if take(.dot) {
                expecting(.member(of: source.text(of: base.span)))
                guard let name = current.word, !current.isSpaced else {
                    throw unexpected("expected the name of a member after the full stop")
                }
                let word = Word(name: name, span: current.span)
                advance()
                base = try node(.member(base, word), base.span.joined(word.span))
            } else if take(.openBracket) {
                let terms = try indexTerms()
                base = try node(.index(base, terms), Span(base.span.start, lastEnd))
            } else {
                return base
            }
        }
        return base
    }

    private mutating func indexTerms() throws(Diagnostic) -> [IndexTerm] {
        var terms: [IndexTerm] = []
        repeat {
            terms.append(try indexTerm())
        } while take(.comma)
        try expect(.closeBracket, "to close the index")
        return terms
    }

    private mutating func indexTerm() throws(Diagnostic) -> IndexTerm {
        let start = current.span.start
        var bounds: [Expression?] = [nil]
        while true {
            if take(.colon) {
                bounds.append(nil)
                if bounds.count > 3 { throw unexpected("a slice is lower:upper:step") }
            } else if bounds[bounds.count - 1] != nil || current.isSymbol(.comma) || current.isSymbol(.closeBracket) {
                break
            } else {
                bounds[bounds.count - 1] = try expression()
            }
        }
        if bounds.count > 1 {
            return .slice(bounds[0], bounds[1], bounds.count > 2 ? bounds[2] : nil, Span(start, lastEnd))
        }
        guard let only = bounds[0] else { throw unexpected("expected an index") }
        return .value(only)
    }

    private mutating func primary() throws(Diagnostic) -> Expression {
        expecting(.value(allowsCalls: false))
        let token = current
        switch token.kind {
        case .number(let literal):
            advance()
            return try node(.number(literal), token.span)
        case .text(let text):
            advance()
            return try node(.text(text), token.span)
        case .word(let word):
            return try named(word)
        case .symbol(.openParen):
            advance()
            let inner = try head()
            if !take(.closeParen) {
                let isOperator = binaryOperator != nil
                throw unexpected(
                    "expected ) to close the parenthesis",
                    help: isOperator ? "arithmetic in an argument takes parentheses" : nil)
            }
            return Expression(inner.kind, Span(token.span.start, lastEnd))
        case .symbol(.openBracket):
            advance()
            return try node(.list(try elements()), Span(token.span.start, lastEnd))
        default:
            throw unexpected("expected a value")
        }
    }

    private mutating func elements() throws(Diagnostic) -> [Expression] {
        var elements: [Expression] = []
        while !current.isSymbol(.closeBracket) {
            elements.append(try expression())
            if !take(.comma) { break }
        }
        try expect(.closeBracket, "to close the list")
        return elements
    }

    private mutating func named(_ word: String) throws(Diagnostic) -> Expression {
        let span = current.span
        let kind: Expression.Kind
        switch ReservedWord(rawValue: word) {
        case .true: kind = .boolean(true)
        case .false: kind = .boolean(false)
        case .nothing: kind = .nothing
        case nil: kind = .name(word)
        default: throw unexpected("expected a value")
        }
        advance()
        return try node(kind, span)
    }
}
