import Inference
import Kernels
import Language

/// What keys and values are kept in, as commands take it: `q8_0`, `q8_0 until 4096 then q4_0`, `full q8_0 windowed f16`.
enum CacheChoice {
    static let words = CacheType.allCases.map(\.rawValue)

    private static let type = Parameter("type", .choice(words), "how each number is kept")

    /// Labels that may follow a type, or stand in its place.
    static let labels = [
        until,
        Label("full", type, labels: [until], docs: "for layers that see every position"),
        Label("windowed", type, labels: [until], docs: "for layers with a sliding window"),
    ]

    private static let until = Label(
        "until", Parameter("position", .integer, "the first position that the next type keeps"),
        labels: [Label("then", type, docs: "what positions from there on are kept in", required: true)],
        docs: "ends a type at a position", repeatable: true)

    /// A label that takes a rule.
    static let label = Label(
        "kv", parameters: [Parameter("type", .choice(words), "how each number is kept", optional: true)],
        labels: labels,
        docs: "what keys and values are kept in, as in `set kv`")

    /// The rule that a type and the labels behind it say.
    /// - Parameters:
    ///   - type: the type that stands alone, if one does.
    ///   - span: where to point if nothing is said.
    static func rule(_ type: BoundArgument?, _ labels: [BoundLabel], at span: Span) throws -> CacheRule {
        let kinds = labels.filter { $0.name == "full" || $0.name == "windowed" }
        if let type {
            if let kind = kinds.first {
                throw LanguageError(
                    code: "kv.kinds", "`\(kind.name)` stands beside a type for all layers",
                    help: "Say either `kv q8_0` or `kv full q8_0 windowed f16`.", span: kind.span)
            }
            return CacheRule(try steps(type, labels.filter { $0.name == "until" }))
        }
        if let stray = labels.first(where: { $0.name == "until" }) {
            throw LanguageError(
                code: "kv.type", "`until` ends a type, and none stands before it",
                help: "Say `kv q8_0 until 4096 then q4_0`.", span: stray.span)
        }
        guard !kinds.isEmpty else {
            throw LanguageError(
                code: "kv.type", "`kv` needs a type", help: "Types are \(words.joined(separator: ", ")).", span: span)
        }
        var rule = CacheRule.f32
        for kind in kinds {
            guard let type = kind.arguments.first else { continue }
            let steps = try steps(type, kind.labels)
            if kind.name == "full" { rule.full = steps } else { rule.windowed = steps }
        }
        return rule
    }

    private static func steps(_ first: BoundArgument, _ ends: [BoundLabel]) throws -> CacheSteps {
        var (types, positions) = ([try type(first)], [Int]())
        for end in ends {
            guard let position = end.arguments.first, let next = end["then"] else { continue }
            let value = try position.asInteger(in: 1...Int.max)
            if let last = positions.last, value <= last {
                throw LanguageError(
                    code: "kv.order", "positions ascend, and \(value) does not lie behind \(last)", span: position.span)
            }
            positions.append(value)
            types.append(try type(next))
        }
        return CacheSteps(types: types, ends: positions) ?? CacheSteps(types[0])
    }

    private static func type(_ argument: BoundArgument) throws -> CacheType {
        guard let type = CacheType(rawValue: try argument.asText()) else {
            throw LanguageError.wrongKind(
                argument.value, wanted: words.dropLast().joined(separator: ", ") + " or \(words.last ?? "")",
                span: argument.span)
        }
        return type
    }
}
