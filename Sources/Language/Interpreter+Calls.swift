extension Interpreter {
    /// Whether a call changes the variable that its first argument starts from.
    func rebinds(_ call: Call, isStatement: Bool) -> Bool {
        let observes = call.prefix == .explain || call.prefix == .dryRun
        return isStatement && call.signature.effect == .edit && !observes
            && !call.labels.contains { $0.label.keepsVariable }
    }

    /// Runs a command: evaluates what it is given, then the function or the host does the work.
    func perform(_ call: Call, isStatement: Bool) throws(Diagnostic) -> Value {
        let rebinds = rebinds(call, isStatement: isStatement)
        if rebinds { try checkRebindable(call) }
        let invocation = try bound(call, isStatement: isStatement)
        if call.prefix == .time { host.willTime(call) }
        let value: Value
        if let definition = bindings.functions[call.verb.name], call.prefix == nil || call.prefix == .time {
            value = try apply(definition, to: invocation)
        } else if call.signature.category == .defined, call.prefix == .dryRun {
            throw failure(
                .operation, "`\(call.verb.name)` is defined here, and only single commands can be tried dry", call.span)
        } else {
            let outcome = try outcome(of: invocation)
            if rebinds { try rebind(invocation, to: outcome) }
            value = rebinds || isStatement ? outcome.value : outcome.edited ?? outcome.value
        }
        if call.prefix == .time { host.didTime(call) }
        return value
    }

    private func outcome(of invocation: Invocation) throws(Diagnostic) -> Outcome {
        let missing = invocation.signature.parameters.filter { !$0.isOptional }.dropFirst(invocation.arguments.count)
        do throws(LanguageError) {
            // A verb that stands alone was read as a name, so its arguments were not checked yet.
            if let first = missing.first { _ = try invocation.required(first.name) }
            if let builtin = Builtins.named(invocation.signature.name), builtin.signature === invocation.signature,
                invocation.prefix == nil || invocation.prefix == .time
            {
                return Outcome(try builtin.run(invocation, self))
            }
            return try host.perform(invocation, in: self)
        } catch { throw placed(error, invocation.call.verb.span) }
    }

    /// An edit needs a variable to put its result into, of the running `def` if there is one.
    private func checkRebindable(_ call: Call) throws(Diagnostic) {
        guard let first = call.arguments.first else { return }
        let remedy = "keep the edited copy: cut = \(call.canonical)"
        guard let name = first.expression?.rootName, value(of: name) != nil else {
            throw failure(
                .edit, "`\(call.verb.name)` edits a variable, and this path starts from none", first.span, help: remedy)
        }
        if let scope, scope.variables[name] == nil {
            throw failure(
                .edit, "`\(name)` is not \(scope.name)'s own, so \(scope.name) cannot edit it", first.span,
                help: "pass it as an argument, or \(remedy)")
        }
    }

    private func rebind(_ invocation: Invocation, to outcome: Outcome) throws(Diagnostic) {
        guard let edited = outcome.edited, let root = invocation.root else { return }
        guard edited.kindName == root.value.kindName else {
            throw failure(
                .edit, "`\(root.name)` holds \(root.value.kindName), and this edit gives \(edited.kindName)",
                invocation.call.span,
                help: "start the path from \(edited.kindName), or cut = \(invocation.call.canonical)")
        }
        if scope != nil {
            scope?.variables[root.name] = edited
        } else {
            bindings.rebind(root.name, to: edited, by: invocation.call.canonical)
        }
    }

    private func bound(_ call: Call, isStatement: Bool) throws(Diagnostic) -> Invocation {
        let arguments = try bound(call.arguments, to: call.signature.parameters)
        let labels = try bound(call.labels)
        let name = call.arguments.first?.expression?.rootName
        let root = name.flatMap { name in value(of: name).map { Invocation.Root(name: name, value: $0) } }
        return Invocation(
            signature: call.signature, prefix: call.prefix, isStatement: isStatement, arguments: arguments,
            labels: labels, root: root, call: call, source: source)
    }

    private func bound(_ labels: [LabelUse]) throws(Diagnostic) -> [BoundLabel] {
        var result: [BoundLabel] = []
        for use in labels {
            let arguments = try bound(use.arguments, to: use.label.parameters)
            let inner = try bound(use.labels)
            result.append(
                BoundLabel(
                    name: use.word.name, arguments: arguments, labels: inner, label: use.label, span: use.word.span))
        }
        return result
    }

    private func bound(_ arguments: [Argument], to parameters: [Parameter]) throws(Diagnostic) -> [BoundArgument] {
        var result: [BoundArgument] = []
        for (place, argument) in arguments.enumerated() {
            guard let parameter = place < parameters.count ? parameters[place] : parameters.last else { break }
            var isWord = false
            if case .word? = argument.expression?.kind { isWord = true }
            let value =
                isWord
                ? nil
                : try argument.expression.map { (expression) throws(Diagnostic) in
                    try self.argument(expression, for: parameter, behind: result.first)
                }
            let word: Value
            if isWord, case .word(let text)? = argument.expression?.kind { word = .text(text) } else { word = .nothing }
            result.append(
                BoundArgument(
                    value: value ?? word, isEach: argument.isEach, isWord: isWord, span: argument.span,
                    text: argument.canonical))
        }
        return result
    }

    private func argument(
        _ expression: Expression, for parameter: Parameter, behind first: BoundArgument?
    ) throws(Diagnostic) -> Value {
        let word: String? = if case .text(let word)? = first?.value { word } else { nil }
        let words = parameter.narrowed(behind: word).shape.words
        if case .name(let name) = expression.kind, !words.isEmpty, value(of: name) == nil, signature(named: name) == nil
        {
            throw notAChoice(name, words, parameter, expression.span)
        }
        let value = try evaluate(expression)
        do throws(LanguageError) { try parameter.shape.check(value) } catch {
            if case .text(let text) = value, !words.isEmpty {
                throw notAChoice(text, words, parameter, expression.span)
            }
            throw placed(error, expression.span)
        }
        return value
    }

    private func notAChoice(_ name: String, _ words: [String], _ parameter: Parameter, _ span: Span) -> Diagnostic {
        if let advice = host.futureWords[name] {
            return failure(
                .future, "this version does not know \"\(name)\" yet", span, help: advice.isEmpty ? nil : advice)
        }
        let suggestion = Spelling.suggestion(for: name, among: words)
        let help = [suggestion, "It takes \(words.joined(separator: ", "))."].compactMap(\.self).joined(separator: " ")
        return failure(.choice, "\"\(name)\" is no \(parameter.name)", span, help: help)
    }
}

extension Parameter.Shape {
    /// - Throws: E011 or E016 for a value that does not fit.
    fileprivate func check(_ value: Value) throws(LanguageError) {
        switch (self, value.asPlain) {
        case (.any, _), (.metric, _), (.choiceOrAny, _), (.text, .text), (.name, .text): return
        case (.choice(let words), .text(let text)) where words.contains(text): return
        case (.choice(let words), .text): throw LanguageError(.choice, "it takes \(words.joined(separator: ", "))")
        case (.number(let unit), .number(let number)):
            if number.unit == unit || (number.unit == .none && (unit == .none || unit == .fraction)) { return }
            throw LanguageError(
                .wrongKind, "this number counts \(number.unit == .none ? "nothing" : number.unit.name)",
                help: unit == .bytes
                    ? "write a size: 10.4GiB" : "it takes \(unit == .none ? "a plain number" : unit.name)")
        case (.integer, .number(let number)):
            if number.unit == .none, number.integer != nil { return }
            throw LanguageError(.wrongKind, "\(number.description) is no whole number")
        case (.number, _): throw .wrongKind(value, wanted: "a number")
        case (.integer, _): throw .wrongKind(value, wanted: "a whole number")
        case (.text, _), (.name, _), (.choice, _): throw .wrongKind(value, wanted: "a text")
        }
    }
}

extension Interpreter {
    /// Runs a user's own command from outside a script's text: for a host that takes functions as metrics.
    /// - Throws: whatever its body meets, as an error of the calling command.
    public func call(_ definition: Definition, _ arguments: [Value]) throws(LanguageError) -> Value {
        let names = definition.signature.parameters.map(\.name)
        guard names.count == arguments.count, definition.signature.labels.isEmpty else {
            throw LanguageError(
                .missingArgument, "`\(definition.word.name)` takes \(names.count) arguments and gets \(arguments.count)"
            )
        }
        do throws(Diagnostic) {
            return try run(definition, with: Dictionary(zip(names, arguments), uniquingKeysWith: { _, last in last }))
        } catch {
            throw LanguageError(
                code: error.code, "in `\(definition.word.name)`: \(error.message)", help: error.help,
                kind: error.kind == .interruption ? .interruption : .failure)
        }
    }

    private func apply(_ definition: Definition, to invocation: Invocation) throws(Diagnostic) -> Value {
        var variables: [String: Value] = [:]
        let signature = definition.signature
        for (parameter, argument) in zip(signature.parameters, invocation.arguments) {
            variables[parameter.name] = argument.value
        }
        for label in signature.labels {
            let given = invocation.label(label.name)?.arguments ?? []
            for (parameter, argument) in zip(label.parameters, given) { variables[parameter.name] = argument.value }
        }
        let names = (signature.parameters + signature.labels.flatMap(\.parameters)).map(\.name)
        if let missing = names.first(where: { variables[$0] == nil }) {
            throw failure(
                .missingArgument, "`\(signature.name)` needs `\(missing)`", invocation.call.verb.span,
                help: "usage: \(signature.usage)")
        }
        do throws(Diagnostic) { return try run(definition, with: variables) } catch {
            let place = source.position(of: invocation.call.span.start)
            let file = source.name.isEmpty ? "" : "\(source.name):"
            throw error.traced("  in `\(signature.name)`, called at \(file)\(place.line):\(place.column)")
        }
    }

    private func run(_ definition: Definition, with variables: [String: Value]) throws(Diagnostic) -> Value {
        let outer = (scope, source)
        defer { (scope, source) = outer }
        try descend(definition.word.span)
        defer { depth -= 1 }
        scope = Scope(name: definition.word.name, variables: variables)
        source = definition.source
        return try execute(definition.body, isShown: false)
    }
}
