/// A function of the language itself.
struct Builtin: Sendable {
    let signature: Signature
    let run: @Sendable (Invocation, Interpreter) throws(LanguageError) -> Value
}

/// The functions that need no model, and `print`.
enum Builtins {
    static let all: [Builtin] =
        elementary + aggregates + [
            Builtin(
                signature: Signature(
                    "print", "writes values on one line", category: .functions, effect: .session,
                    parameters: [Parameter("value", .any, "what to write", rest: true)],
                    examples: ["print \"two and two make\" (2 + 2)"]),
                run: { (invocation, interpreter) throws(LanguageError) in
                    let values = invocation.arguments.map(\.value)
                    interpreter.host.printLine(values.map(\.description).joined(separator: " "), of: values)
                    return .nothing
                })
        ]

    private static let byName = Dictionary(all.map { ($0.signature.name, $0) }, uniquingKeysWith: { first, _ in first })

    static func named(_ name: String) -> Builtin? { byName[name] }

    private static let elementary: [Builtin] = [
        elementary("abs", "distance from zero", "abs -3", abs),
        elementary("floor", "the whole number at or below", "floor 2.7") { $0.rounded(.down) },
        elementary("ceil", "the whole number at or above", "ceil 2.2") { $0.rounded(.up) },
        elementary("round", "the nearest whole number, halves to even", "round 2.5") { $0.rounded(.toNearestOrEven) },
        elementary("sqrt", "square root", "sqrt 2", keepsUnit: false) { $0.squareRoot() },
        elementary("exp", "e to the power", "exp 1", keepsUnit: false, Elementary.exp),
        elementary("log", "natural logarithm", "log 2", keepsUnit: false, Elementary.log),
    ]

    private static func elementary(
        _ name: String, _ summary: String, _ example: String, keepsUnit: Bool = true,
        _ function: @escaping @Sendable (Double) -> Double
    ) -> Builtin {
        let signature = Signature(
            name, summary, category: .functions, parameters: [Parameter("value", .any, "a number, or a tensor")],
            examples: [example])
        return Builtin(signature: signature) { (invocation, _) throws(LanguageError) in
            let argument = try invocation.required("value")
            if case .object(let object) = argument.value, let value = try object.applying(function: name, []) {
                return value
            }
            let number = try argument.asNumber()
            let result = function(number.value)
            guard result.isFinite else {
                throw LanguageError(
                    .arithmetic, "`\(name)` of \(number.description) is not a number", span: argument.span)
            }
            return .number(result, keepsUnit ? number.unit : .none)
        }
    }

    private static let aggregates: [Builtin] = [
        aggregate("min", "the least", "min 3 1 2") { $0.dropFirst().reduce($0[0], min) },
        aggregate("max", "the greatest", "max [3, 1, 2]") { $0.dropFirst().reduce($0[0], max) },
        aggregate("sum", "the sum", "sum 1...10") { $0.reduce(0, +) },
        aggregate("mean", "the arithmetic mean", "mean [1, 2, 6]") { $0.reduce(0, +) / Double($0.count) },
        Builtin(
            signature: Signature(
                "len", "how many", category: .functions,
                parameters: [Parameter("value", .any, "a list, a range, a text, or a value of several parts")],
                examples: ["len [4, 5]"]),
            run: { (invocation, _) throws(LanguageError) in try length(invocation.required("value")) }),
    ]

    private static func length(_ argument: BoundArgument) throws(LanguageError) -> Value {
        switch argument.value {
        case .list(let values): return .number(values.count)
        case .range(let range): return .number(range.count)
        case .text(let text): return .number(text.count)
        case .object(let object):
            if let value = try object.applying(function: "len", []) { return value }
            if let elements = try object.elements() { return .number(elements.count) }
            fallthrough
        default: throw .wrongKind(argument.value, wanted: "a list, a range or a text", span: argument.span)
        }
    }

    private static func aggregate(
        _ name: String, _ summary: String, _ example: String, _ function: @escaping @Sendable ([Double]) -> Double
    ) -> Builtin {
        let signature = Signature(
            name, summary, category: .functions,
            parameters: [
                Parameter("value", .any, "a list or range of numbers, a tensor, or several numbers"),
                Parameter("more", .any, "further numbers", rest: true),
            ],
            examples: [example])
        return Builtin(signature: signature) { (invocation, interpreter) throws(LanguageError) in
            let first = try invocation.required("value")
            if case .object(let object) = first.value,
                let value = try object.applying(function: name, invocation.arguments.dropFirst().map(\.value))
            {
                return value
            }
            var numbers: [Number] = []
            for argument in invocation.arguments { numbers += try numbersOf(argument, interpreter) }
            guard let unit = numbers.first?.unit else {
                throw LanguageError(.arithmetic, "`\(name)` of nothing has no value", span: first.span)
            }
            guard numbers.allSatisfy({ $0.unit == unit }) else {
                throw LanguageError(.operation, "`\(name)` needs numbers of one unit", span: first.span)
            }
            let result = function(numbers.map(\.value))
            guard result.isFinite else {
                throw LanguageError(.arithmetic, "this has no finite result", span: first.span)
            }
            return .number(result, unit)
        }
    }

    private static func numbersOf(
        _ argument: BoundArgument, _ interpreter: Interpreter
    ) throws(LanguageError) -> [Number] {
        switch argument.value.asPlain {
        case .number(let number): return [number]
        case .range: return try argument.asIntegers().map { Number(Double($0)) }
        case .list(let values):
            var numbers: [Number] = []
            for value in values {
                guard case .number(let number) = value.asPlain else {
                    throw .wrongKind(value, wanted: "a number", span: argument.span)
                }
                numbers.append(number)
            }
            return numbers
        default: throw .wrongKind(argument.value, wanted: "numbers", span: argument.span)
        }
    }
}
