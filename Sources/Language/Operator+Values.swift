extension Operator {
    /// `left op right`.
    /// - Throws: E013 where the values have no such operation, E018 where it has no finite result.
    func applied(_ left: Value, _ right: Value) throws(LanguageError) -> Value {
        if case .object(let object) = left, let value = try object.applying(self, right, isReversed: false) {
            return value
        }
        if case .object(let object) = right, let value = try object.applying(self, left, isReversed: true) {
            return value
        }
        let (left, right) = (left.asPlain, right.asPlain)
        switch (self, left, right) {
        case (.equal, _, _): return .boolean(Value.same(left, right))
        case (.unequal, _, _): return .boolean(!Value.same(left, right))
        case (_, .number(let a), .number(let b)): return try applied(a, b)
        case (.plus, .text(let a), .text(let b)): return .text(a + b)
        case (.plus, .list(let a), .list(let b)): return .list(a + b)
        case (.less, .text(let a), .text(let b)): return .boolean(a < b)
        case (.greater, .text(let a), .text(let b)): return .boolean(a > b)
        default: throw undefined(left.kindName, right.kindName)
        }
    }

    private func applied(_ a: Number, _ b: Number) throws(LanguageError) -> Value {
        switch self {
        case .plus: return try finite(a.value + b.value, try common(a, b))
        case .minus: return try finite(a.value - b.value, try common(a, b))
        case .times: return try finite(a.value * b.value, try product(a, b))
        case .divide:
            if b.value == 0 { throw LanguageError(.arithmetic, "this divides by zero") }
            return try finite(a.value / b.value, a.unit == b.unit ? .none : try quotient(a, b))
        default:
            _ = try common(a, b)
            return .boolean(isOrdered(a.value, b.value))
        }
    }

    private func isOrdered(_ a: Double, _ b: Double) -> Bool {
        switch self {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        default: a >= b
        }
    }

    private func finite(_ value: Double, _ unit: Unit) throws(LanguageError) -> Value {
        guard value.isFinite else { throw LanguageError(.arithmetic, "this has no finite result") }
        return .number(value, unit)
    }

    private func common(_ a: Number, _ b: Number) throws(LanguageError) -> Unit {
        if let unit = Number.commonUnit(a, b) { return unit }
        throw undefined(a.unit.name, b.unit.name)
    }

    /// A share of something is still that thing.
    private func product(_ a: Number, _ b: Number) throws(LanguageError) -> Unit {
        if a.unit == .none || a.unit == .fraction { return b.unit == .none ? a.unit : b.unit }
        if b.unit == .none || b.unit == .fraction { return a.unit }
        throw undefined(a.unit.name, b.unit.name)
    }

    private func quotient(_ a: Number, _ b: Number) throws(LanguageError) -> Unit {
        if b.unit == .none || b.unit == .fraction { return a.unit }
        throw undefined(a.unit == .none ? "a plain number" : a.unit.name, b.unit.name)
    }

    private func undefined(_ left: String, _ right: String) -> LanguageError {
        LanguageError(.operation, "`\(rawValue)` is not defined between \(left) and \(right)")
    }
}
