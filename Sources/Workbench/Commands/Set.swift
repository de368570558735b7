import Inference
import Kernels
import Language
import Plots
import Storage

/// `set SETTING VALUE`: a setting of the session.
enum SetCommand: Command {
    private static let settings = ["seed", "threads", "mode", "precision", "memory", "kv"]
    /// The words that each setting takes.
    private static let words = [
        "seed": [], "threads": [], "mode": DisplayMode.allCases.map(\.rawValue),
        "precision": Precision.allCases.map(\.rawValue), "memory": ["off"], "kv": CacheChoice.words,
    ]

    static let signature = Signature(
        "set", "changes a setting of the session; without a value shows it",
        docs: """
            seed: of every random draw. threads: results do not depend on it. mode: how values are shown. precision: exact \
            (float32 activations) or fast (activations in 8 bits, 32 under one step, against the whole numbers of block formats \
            and integer packings; other weights as in exact); results name it, and what is derived from a run is computed as the run was.

            kv: what keys and values are kept in, f32 unless set. Every query reads them so, from a cache or not: \
            `set kv q8_0`, `set kv q8_0 until 4096 then q4_0` by the position of each key, `set kv full q8_0 windowed f16` by \
            the kind of layer (f32 where a kind is not named).

            memory: what the process may take in all, such as 8GiB, or off. Attention, routers, norms and the output are then \
            read once and kept; experts come from disk when a layer needs them, past the system's cache, and leave when others \
            need the room: the one whose next use is expected last. Results have the same bits. Without a value it shows what \
            came of it. Restrict experts to those that fit, and nothing is read twice. Weights that the session made, as \
            `quantize` does, are not paged until they are saved and opened; `set memory` says how much that is.

            `undo` takes the last change of any of these back, but for mode.
            """,
        category: Shelf.session, effect: .session,
        parameters: [
            Parameter("setting", .choice(settings), "which"),
            Parameter(
                "value", .choiceOrAny(settings.flatMap { words[$0] ?? [] }), "what it becomes", optional: true,
                narrowing: words),
        ],
        labels: CacheChoice.labels.map { $0.only(behind: "kv") },
        examples: [
            "set seed 7\nset seed", "set memory 8GiB\nset memory",
            "set kv full q8_0 until 4096 then q4_0 windowed f16\nset kv\nset kv f32",
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let setting = try call.required("setting").asText()
        let before = SettingsValue(session)
        try change(setting, call, in: session)
        let after = SettingsValue(session)
        if after != before {
            session.interpreter.noteSettings(from: .object(before), to: .object(after), by: call.text)
        }
        return Outcome(isAsked(call) ? value(of: setting, session) : .nothing)
    }

    private static func isAsked(_ call: Invocation) -> Bool { call.argument("value") == nil && call.labels.isEmpty }

    private static func change(_ setting: String, _ call: Invocation, in session: Session) throws {
        if setting == "kv", !isAsked(call) {
            var arithmetic = session.settings.arithmetic
            arithmetic.cache = try CacheChoice.rule(call.argument("value"), call.labels, at: call.call.span)
            return session.compute(in: arithmetic)
        }
        if let stray = call.labels.first {
            throw LanguageError(
                code: "set.label", "`\(stray.name)` belongs to `set kv`", help: "set kv q8_0 until 4096 then q4_0",
                span: stray.span)
        }
        guard let argument = call.argument("value") else { return }
        switch setting {
        case "seed": session.settings.seed = UInt64(try argument.asInteger(in: 0...Int.max))
        case "threads": session.useThreads(try argument.asInteger(in: 1...1024))
        case "mode":
            guard let mode = DisplayMode(rawValue: try argument.asText()) else {
                throw LanguageError.wrongKind(
                    argument.value, wanted: "text, json, csv or markdown", span: argument.span)
            }
            session.settings.mode = mode
        case "memory": try setMemory(argument, in: session)
        default:
            guard let precision = Precision(rawValue: try argument.asText()) else {
                throw LanguageError.wrongKind(argument.value, wanted: "exact or fast", span: argument.span)
            }
            var arithmetic = session.settings.arithmetic
            arithmetic.precision = precision
            session.compute(in: arithmetic)
        }
    }

    private static func setMemory(_ argument: BoundArgument, in session: Session) throws {
        if case .text("off") = argument.value { return try session.useMemory(nil) }
        guard let number = try? argument.asNumber(), let bytes = MemoryLimit.bytes(number) else {
            throw LanguageError(
                .wrongKind, "a memory limit is a size", help: "Write set memory 8GiB, or set memory off.",
                span: argument.span)
        }
        try session.useMemory(bytes)
    }

    private static func value(of setting: String, _ session: Session) -> Value {
        switch setting {
        case "seed": .number(Double(session.settings.seed))
        case "threads": .number(session.settings.threads)
        case "mode": .text(session.settings.mode.rawValue)
        case "memory":
            if let memory = session.memory {
                .object(
                    MemoryValue(
                        limit: memory.bytes, statistics: memory.cache.report, peak: ProcessMemory.peak,
                        unpaged: session.unpagedBytes))
            } else {
                .text("off")
            }
        case "kv": .text(session.settings.arithmetic.cache.description)
        default: .text(session.settings.arithmetic.precision.rawValue)
        }
    }
}
