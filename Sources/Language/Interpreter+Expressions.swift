extension Interpreter {
    /// The value of an expression.
    func evaluate(_ expression: Expression) throws(Diagnostic) -> Value {
        try descend(expression.span)
        defer { depth -= 1 }
        switch expression.kind {
        case .nothing: return .nothing
        case .boolean(let value): return .boolean(value)
        case .number(let literal): return .number(literal.number)
        case .text(let text), .word(let text): return .text(text)
        case .name(let name): return try named(name, expression.span)
        case .list(let elements): return try list(elements)
        case .member(let base, let word): return try member(of: base, word)
        case .index(let base, let terms): return try indexed(base, terms)
        case .negation(let inner): return try negated(inner)
        case .inversion(let inner): return .boolean(try !isTrue(inner))
        case .binary(.and, let left, let right): return .boolean(try isTrue(left) ? try isTrue(right) : false)
        case .binary(.or, let left, let right): return .boolean(try isTrue(left) ? true : try isTrue(right))
        case .binary(let operation, let left, let right):
            return try combined(operation, left, right, at: expression.span)
        case .range(let lower, let upper, let isClosed): return try range(lower, upper, isClosed)
        case .call(let call): return try perform(call, isStatement: false)
        }
    }

    private func list(_ elements: [Expression]) throws(Diagnostic) -> Value {
        var values: [Value] = []
        for element in elements { values.append(try evaluate(element)) }
        return .list(values)
    }

    /// A lone name: the variable, else the command without arguments, else a function as a value.
    private func named(_ name: String, _ span: Span) throws(Diagnostic) -> Value {
        if let value = value(of: name) { return value }
        if let definition = bindings.functions[name], !definition.signature.parameters.isEmpty {
            return .function(definition)
        }
        if let call = callWithoutArguments(name, span) { return try perform(call, isStatement: false) }
        throw unknownName(name, span)
    }

    func callWithoutArguments(_ name: String, _ span: Span) -> Call? {
        guard let signature = signature(named: name) else { return nil }
        return Call(
            prefix: nil, verb: Word(name: name, span: span), signature: signature, arguments: [], labels: [],
            span: span,
            isInline: false)
    }

    /// A user's own command, the host's, or a built-in function: what the parser would find, too.
    func signature(named name: String) -> Signature? {
        bindings.functions[name]?.signature ?? host.signatures.last { $0.name == name }
            ?? Builtins.named(name)?.signature
    }

    private func unknownName(_ name: String, _ span: Span) -> Diagnostic {
        let known = bindings.variables.keys.sorted() + (scope?.variables.keys.sorted() ?? [])
        var help = Spelling.suggestion(for: name, among: known + vocabulary.signatures.map(\.name))
        let halves = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        if halves.count > 1, halves.allSatisfy({ value(of: $0) != nil }) {
            help = "to subtract, write `\(halves.joined(separator: " - "))`"
        }
        if host.futureWords[name] != nil { help = host.futureWords[name] }
        return failure(.unknownName, "nothing here is called \"\(name)\"", span, help: help)
    }

    private func member(of base: Expression, _ word: Word) throws(Diagnostic) -> Value {
        let value = try evaluate(base)
        do throws(LanguageError) {
            guard case .object(let object) = value else { throw .noMember(word.name, of: value.bareKind, among: []) }
            return try object.member(word.name)
        } catch { throw placed(error, word.span) }
    }

    private func negated(_ inner: Expression) throws(Diagnostic) -> Value {
        let value = try evaluate(inner)
        if case .number(let number) = value { return .number(Number(-number.value, number.unit)) }
        do throws(LanguageError) {
            if case .object(let object) = value, let result = try object.negated() { return result }
            if case .number(let number) = value.asPlain { return .number(Number(-number.value, number.unit)) }
            throw .wrongKind(value, wanted: "a number")
        } catch { throw placed(error, inner.span) }
    }

    private func combined(
        _ operation: Operator, _ left: Expression, _ right: Expression, at span: Span
    ) throws(Diagnostic) -> Value {
        let a = try evaluate(left)
        let b = try evaluate(right)
        do throws(LanguageError) { return try operation.applied(a, b) } catch { throw placed(error, span) }
    }

    private func range(_ lower: Expression, _ upper: Expression, _ isClosed: Bool) throws(Diagnostic) -> Value {
        let first = try integer(lower)
        let last = try integer(upper)
        let end = isClosed ? last + 1 : last
        guard first <= end else {
            throw failure(.index, "this range ends before it begins", lower.span.joined(upper.span))
        }
        return .range(IndexRange(first, end))
    }

    private func integer(_ expression: Expression) throws(Diagnostic) -> Int {
        let value = try evaluate(expression)
        // Whole doubles stay within 2^53, so their sums cannot overflow.
        if case .number(let number) = value, number.unit == .none, let integer = number.integer { return integer }
        throw placed(.wrongKind(value, wanted: "a whole number"), expression.span)
    }

    private func indexed(_ base: Expression, _ terms: [IndexTerm]) throws(Diagnostic) -> Value {
        let value = try evaluate(base)
        var indices: [IndexArgument] = []
        for (place, term) in terms.enumerated() {
            switch term {
            case .value(let expression):
                let index = try evaluate(expression)
                do throws(LanguageError) { indices.append(try index.asIndex(at: place)) } catch {
                    throw placed(error, term.span)
                }
            case .slice(let lower, let upper, let step, _):
                var bounds: [Int?] = []
                for bound in [lower, upper, step] {
                    if let bound { bounds.append(try integer(bound)) } else { bounds.append(nil) }
                }
                indices.append(.slice(bounds[0], bounds[1], bounds[2]))
            }
        }
        do throws(LanguageError) { return try value.subscripted(indices) } catch {
            let term = error.index.flatMap { terms.indices.contains($0) ? terms[$0].span : nil }
            throw placed(error, term ?? Span(base.span.end, max(base.span.end, terms.last?.span.end ?? 0)))
        }
    }
}

extension Value {
    /// The kind without its article.
    var bareKind: String {
        if case .object(let object) = self { return object.typeName }
        return switch self {
        case .number: "number"
        case .text: "text"
        case .range: "range"
        case .list: "list"
        case .function: "function"
        default: "value"
        }
    }

    func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        switch self {
        case .object(let object): return try object.subscripted(indices)
        case .list(let values):
            let places = try Value.places(indices, count: values.count, of: "the list")
            if indices[0].dropsAxis { return values[places[0]] }
            return .list(places.map { values[$0] })
        case .range(let range):
            if case .slice(let lower, let upper, nil)? = indices.first, indices.count == 1 {
                return .range(range.sliced(lower, upper))
            }
            let places = try range.places(indices)
            if indices[0].dropsAxis { return .number(range.lower + places[0]) }
            return .list(places.map { .number(range.lower + $0) })
        default: throw LanguageError(.index, "\(kindName) cannot be indexed")
        }
    }

    private static func places(_ indices: [IndexArgument], count: Int, of what: String) throws(LanguageError) -> [Int] {
        guard indices.count == 1 else { throw LanguageError(.index, "\(what) has one axis", index: 1) }
        return try indices[0].resolved(count: count, of: what)
    }
}

extension IndexRange {
    /// A slice of a range is a range: nothing is spelled out, however long it is.
    fileprivate func sliced(_ lower: Int?, _ upper: Int?) -> IndexRange {
        func clamped(_ bound: Int) -> Int { min(max(bound < 0 ? bound + count : bound, 0), count) }
        return IndexRange(self.lower + (lower.map(clamped) ?? 0), self.lower + (upper.map(clamped) ?? count))
    }

    fileprivate func places(_ indices: [IndexArgument]) throws(LanguageError) -> [Int] {
        guard indices.count == 1 else { throw LanguageError(.index, "the range has one axis", index: 1) }
        if case .slice = indices[0], count > 1 << 24 {
            throw LanguageError(.index, "this range is too long to step through as a list", index: 0)
        }
        return try indices[0].resolved(count: count, of: "the range")
    }
}
