/// Reads a script by recursive descent: statements, command lines led by their signatures, and expressions by
/// precedence. Total: a statement that cannot be read becomes `invalid` with one diagnostic, and reading goes on.
public struct Parser {
    /// Brackets, blocks and operators may nest so deep; any tree walk then fits a small stack.
    static let nestingLimit = 200

    let source: SourceText
    let vocabulary: Vocabulary
    let tokens: [Token]
    var position = 0
    var depth = 0
    var diagnostics: [Diagnostic]
    /// The user's own commands, known from their `def` on.
    var defined: [String: Signature] = [:]
    /// Files whose `include` led here.
    var including: [String] = []
    /// Whether the script ends where a block could still follow.
    var wantsMore = false
    /// What may stand where the text ends: the first place that meets the end knows it best.
    var expectation: Expectation?

    init(_ source: SourceText, vocabulary: Vocabulary) {
        let lexer = Lexer(source)
        self.source = source
        self.vocabulary = vocabulary
        tokens = lexer.tokens
        diagnostics = lexer.diagnostics
        if lexer.openText != nil, case .text(let text)? = tokens.last(where: \.isText)?.kind {
            expectation = .text(text)
        }
    }

    /// Reads a whole script.
    public static func parse(_ source: SourceText, vocabulary: Vocabulary) -> Program {
        var parser = Parser(source, vocabulary: vocabulary)
        return parser.program()
    }

    mutating func program() -> Program {
        let lexical = diagnostics
        diagnostics = []
        let statements = self.statements(endingAt: .end)
        let isOpen = lexical.contains { $0.message.hasSuffix("never closed") }
        // What an open bracket makes of the end of the text is not worth a second message.
        if isOpen { diagnostics.removeAll { $0.span.start >= source.bytes.count - 1 } }
        let isBroken = lexical.contains { !$0.message.hasSuffix("never closed") }
        let all = (lexical + diagnostics).sorted { $0.span.start < $1.span.start }
        let status: Program.Status =
            if all.isEmpty { .complete } else if (isOpen || wantsMore) && !isBroken { .incomplete } else { .error }
        return Program(source: source, statements: statements, diagnostics: all, status: status)
    }
}

extension Parser {
    var current: Token { tokens[position] }
    var following: Token { tokens[min(position + 1, tokens.count - 1)] }

    /// End of what has been read.
    var lastEnd: Int { position > 0 ? tokens[position - 1].span.end : 0 }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    mutating func take(_ symbol: Token.Symbol) -> Bool {
        guard current.isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Token.Symbol, _ context: String) throws(Diagnostic) {
        if !take(symbol) { throw unexpected("expected \(symbol.rawValue) \(context)") }
    }

    func problem(
        _ code: ErrorCode, _ message: String, at span: Span, labels: [Diagnostic.Label] = [], help: String? = nil
    ) -> Diagnostic {
        Diagnostic(.syntax, code, message, in: source, at: span, labels: labels, help: help)
    }

    func unexpected(_ message: String, help: String? = nil) -> Diagnostic {
        let found =
            switch current.kind {
            case .newline: "the end of the line"
            case .end: "the end of the script"
            default: source.text(of: current.span)
            }
        return problem(.unexpected, "\(message), found \(found)", at: current.span, help: help)
    }

    mutating func enter() throws(Diagnostic) {
        depth += 1
        if depth > Parser.nestingLimit { throw tooDeep(current.span) }
    }

    func tooDeep(_ span: Span) -> Diagnostic {
        problem(
            .nesting, "this is nested more than \(Parser.nestingLimit) deep", at: span,
            help: "give an inner part a name with an assignment")
    }

    /// Builds a node unless the tree would grow too deep.
    func node(_ kind: Expression.Kind, _ span: Span) throws(Diagnostic) -> Expression {
        let expression = Expression(kind, span)
        if expression.depth > Parser.nestingLimit { throw tooDeep(span) }
        return expression
    }

    mutating func expecting(_ expectation: Expectation) {
        if self.expectation == nil, isAtEnd { self.expectation = expectation }
    }

    /// The lexer ends every script with a line end.
    private var isAtEnd: Bool {
        current.kind == .end
            || (current.kind == .newline && following.kind == .end && current.span.start == source.bytes.count)
    }

    func signature(named name: String) -> Signature? { defined[name] ?? vocabulary[name] }
}

extension Token {
    var isText: Bool {
        if case .text = kind { return true }
        return false
    }
}
