extension Parser {
    /// Statements up to a closing brace or the end of the script.
    mutating func statements(endingAt end: Token.Kind) -> [Statement] {
        var statements: [Statement] = []
        while true {
            while current.kind == .newline || current.isSymbol(.semicolon) {
                expecting(.statement)
                advance()
            }
            expecting(.statement)
            if current.kind == end || current.kind == .end { return statements }
            let start = current.span.start
            let depth = self.depth
            do throws(Diagnostic) {
                let kind = try statement()
                let span = Span(start, lastEnd)
                statements.append(Statement(kind: kind, span: span, isQuiet: try endOfStatement()))
            } catch {
                self.depth = depth
                diagnostics.append(error)
                skipStatement(until: end)
                statements.append(Statement(kind: .invalid, span: Span(start, lastEnd), isQuiet: true))
            }
        }
    }

    /// Whether a `;` at the end of the line quiets the statement.
    private mutating func endOfStatement() throws(Diagnostic) -> Bool {
        if take(.semicolon) {
            return current.kind == .newline || current.kind == .end || current.isSymbol(.closeBrace)
        }
        if current.kind == .newline || current.kind == .end || current.isSymbol(.closeBrace) { return false }
        if binaryOperator != nil || current.isSymbol(.rangeUpTo) || current.isSymbol(.rangeThrough) {
            throw unexpected(
                "expected the end of the statement",
                help: "arithmetic in an argument takes parentheses, and so does a call in an expression")
        }
        if current.word == ReservedWord.else.rawValue {
            throw unexpected(
                "expected the end of the statement", help: "else stands on the line of the brace: } else {")
        }
        throw unexpected("expected the end of the statement")
    }

    /// Passes over the rest of a broken statement, with the blocks that it opens.
    private mutating func skipStatement(until end: Token.Kind) {
        var open = 0
        while current.kind != .end {
            if case .symbol(let symbol) = current.kind {
                if open == 0, current.kind == end { return }
                if symbol.closer != nil { open += 1 } else if symbol.isCloser { open = max(0, open - 1) }
            }
            if open == 0, current.kind == .newline || current.isSymbol(.semicolon) { return }
            advance()
        }
    }

    private mutating func statement() throws(Diagnostic) -> Statement.Kind {
        try enter()
        defer { depth -= 1 }
        if let word = current.word {
            if following.isSymbol(.assign) { return try assignment() }
            switch ReservedWord(rawValue: word) {
            case .for: return try loop()
            case .if: return try branch()
            case .def: return try definition()
            case .with: return try scoped()
            case .assert: return try assertion()
            case .include: return try include()
            case .else:
                throw unexpected("expected a statement", help: "else stands on the line of the brace: } else {")
            default: break
            }
            if let call = try callIfAny() { return .command(call) }
        }
        let expression = try self.expression()
        if current.isSymbol(.assign) {
            throw unexpected("expected the end of the statement", help: "only a name can be assigned: name = value")
        }
        return .expression(expression)
    }

    private mutating func assignment() throws(Diagnostic) -> Statement.Kind {
        let word = try name("a variable")
        advance()
        return .assignment(word, try head())
    }

    /// A name that is not a word of the language.
    mutating func name(_ what: String) throws(Diagnostic) -> Word {
        guard let text = current.word else { throw unexpected("expected the name of \(what)") }
        if ReservedWord(rawValue: text) != nil {
            throw problem(.reserved, "\"\(text)\" is a word of the language and cannot name \(what)", at: current.span)
        }
        defer { advance() }
        return Word(name: text, span: current.span)
    }

    private mutating func loop() throws(Diagnostic) -> Statement.Kind {
        advance()
        let word = try name("a variable")
        guard current.word == ReservedWord.in.rawValue else {
            throw unexpected("expected in after the loop's variable")
        }
        advance()
        return .loop(word, try expression(), try block())
    }

    private mutating func branch() throws(Diagnostic) -> Statement.Kind {
        advance()
        let condition = try expression()
        let body = try block()
        guard current.word == ReservedWord.else.rawValue else { return .branch(condition, body, nil) }
        advance()
        guard current.word == ReservedWord.if.rawValue else { return .branch(condition, body, try block()) }
        try enter()
        defer { depth -= 1 }
        let start = current.span.start
        let nested = try branch()
        return .branch(condition, body, [Statement(kind: nested, span: Span(start, lastEnd), isQuiet: false)])
    }

    mutating func block() throws(Diagnostic) -> [Statement] {
        if !current.isSymbol(.openBrace), current.kind == .newline, following.kind == .end { wantsMore = true }
        try expect(.openBrace, "to open a block")
        try enter()
        defer { depth -= 1 }
        let statements = self.statements(endingAt: .symbol(.closeBrace))
        try expect(.closeBrace, "to close the block")
        return statements
    }

    private mutating func scoped() throws(Diagnostic) -> Statement.Kind {
        advance()
        guard let call = try callIfAny() else {
            throw unexpected("expected an edit after with", help: "with ablate m.heads[2, 5] { … }")
        }
        return .scoped(call, try block())
    }

    private mutating func assertion() throws(Diagnostic) -> Statement.Kind {
        advance()
        let condition = try expression()
        guard case .text(let message) = current.kind else { return .assertion(condition, nil) }
        advance()
        return .assertion(condition, message)
    }

    private mutating func include() throws(Diagnostic) -> Statement.Kind {
        advance()
        guard case .text(let path) = current.kind else { throw unexpected("expected the file's name as a text") }
        let span = current.span
        advance()
        guard depth == 1 else {
            throw problem(.unexpected, "include stands outside blocks", at: span)
        }
        guard !including.contains(path), including.count < 16 else {
            throw problem(
                .include, "\"\(path)\" includes itself", at: span, help: "Take the include out of one of the files.")
        }
        let text: SourceText
        do throws(LanguageError) { text = try vocabulary.includedText(path) } catch {
            throw Diagnostic(error, in: source, at: span)
        }
        var parser = Parser(text, vocabulary: vocabulary)
        parser.defined = defined
        parser.including = including + [path]
        let program = parser.program()
        if let first = program.diagnostics.first { throw first }
        defined = parser.defined
        return .include(path, program)
    }
}
