extension Interpreter {
    /// Runs a statement and gives its value; `isShown` is false inside a `def`, whose values are its own business.
    func execute(_ statement: Statement, isShown: Bool) throws(Diagnostic) -> Value {
        try descend(statement.span)
        defer { depth -= 1 }
        switch statement.kind {
        case .command(let call):
            return show(try perform(call, isStatement: true), of: statement, isShown: isShown)
        case .expression(let expression):
            return show(try statementValue(expression), of: statement, isShown: isShown)
        case .assignment(let word, let expression):
            let value = try evaluate(expression)
            assign(value, to: word.name)
            if isShown, !statement.isQuiet { host.assigned(value, to: word.name, by: statement) }
            return value
        case .loop(let word, let values, let body):
            try loop(word, try evaluate(values), at: values.span, body, isShown: isShown)
            return .nothing
        case .branch(let condition, let body, let otherwise):
            if try isTrue(condition) { return try execute(body, isShown: isShown) }
            return try execute(otherwise ?? [], isShown: isShown)
        case .definition(let definition):
            bindings.functions[definition.word.name] = definition
            return .nothing
        case .scoped(let call, let body): return try scoped(call, body, isShown: isShown)
        case .assertion(let condition, let message):
            if try !isTrue(condition) { throw broken(condition, message) }
            return .nothing
        case .include, .invalid: return .nothing
        }
    }

    /// Runs statements in order and gives the value of the last.
    func execute(_ statements: [Statement], isShown: Bool) throws(Diagnostic) -> Value {
        var last = Value.nothing
        for statement in statements {
            try checkInterruption(at: statement.span)
            last = try execute(statement, isShown: isShown)
        }
        return last
    }

    private func show(_ value: Value, of statement: Statement, isShown: Bool) -> Value {
        if case .nothing = value { return value }
        guard isShown, !statement.isQuiet else { return value }
        host.show(value, of: statement)
        bindings.variables["it"] = value
        return value
    }

    /// A lone name is the variable, else the command, run as the statement that it is; a function is only named.
    private func statementValue(_ expression: Expression) throws(Diagnostic) -> Value {
        guard case .name(let name) = expression.kind, value(of: name) == nil,
            bindings.functions[name]?.signature.parameters.isEmpty ?? true,
            let call = callWithoutArguments(name, expression.span)
        else { return try evaluate(expression) }
        return try perform(call, isStatement: true)
    }

    func assign(_ value: Value, to name: String) {
        if scope == nil { bindings.assign(value, to: name) } else { scope?.variables[name] = value }
    }

    func isTrue(_ condition: Expression) throws(Diagnostic) -> Bool {
        let value = try evaluate(condition)
        if case .boolean(let flag) = value { return flag }
        throw placed(.wrongKind(value, wanted: "true or false"), condition.span)
    }

    private func broken(_ condition: Expression, _ message: String?) -> Diagnostic {
        var help: String?
        if case .binary(_, let left, let right) = condition.kind, let a = try? evaluate(left),
            let b = try? evaluate(right)
        {
            help = "left is \(a.literalDescription), right is \(b.literalDescription)"
        }
        return Diagnostic(
            .assertion, .assertion, message ?? "this does not hold", in: source, at: condition.span, help: help)
    }

    private func loop(
        _ word: Word, _ values: Value, at span: Span, _ body: [Statement], isShown: Bool
    ) throws(Diagnostic) {
        let outer = scope == nil ? bindings.variables[word.name] : scope?.variables[word.name]
        if case .range(let range) = values {
            var index = range.lower
            while index < range.upper {
                try turn(word, .number(index), body, isShown: isShown)
                index += 1
            }
        } else {
            for value in try elements(of: values, at: span) { try turn(word, value, body, isShown: isShown) }
        }
        if scope == nil { bindings.variables[word.name] = outer } else { scope?.variables[word.name] = outer }
    }

    private func turn(_ word: Word, _ value: Value, _ body: [Statement], isShown: Bool) throws(Diagnostic) {
        try checkInterruption(at: word.span)
        if scope == nil { bindings.variables[word.name] = value } else { scope?.variables[word.name] = value }
        _ = try execute(body, isShown: isShown)
    }

    private func elements(of value: Value, at span: Span) throws(Diagnostic) -> [Value] {
        switch value {
        case .list(let values): return values
        case .object(let object):
            do throws(LanguageError) {
                if let elements = try object.elements() { return elements }
            } catch { throw placed(error, span) }
            fallthrough
        default: throw placed(.wrongKind(value, wanted: "a range or a list"), span)
        }
    }

    /// Edits a variable for the length of a block; error or not, the variable then is what it was.
    private func scoped(_ call: Call, _ body: [Statement], isShown: Bool) throws(Diagnostic) -> Value {
        guard rebinds(call, isStatement: true), let name = call.arguments.first?.expression?.rootName else {
            throw failure(
                .edit, "with takes an edit whose first argument starts from a variable", call.span,
                help: "with ablate m.heads[2, 5] { … }")
        }
        let before = (value(of: name), bindings.history, bindings.undone)
        func restore() {
            if scope != nil {
                scope?.variables[name] = before.0
                return
            }
            bindings.variables[name] = before.0
            let others = bindings.history.dropFirst(before.1.count).filter { $0.variable != name }
            bindings.history = before.1 + others
            bindings.undone = others.isEmpty ? before.2 : []
        }
        do throws(Diagnostic) {
            _ = try perform(call, isStatement: true)
            let value = try execute(body, isShown: isShown)
            restore()
            return value
        } catch {
            restore()
            throw error
        }
    }
}
