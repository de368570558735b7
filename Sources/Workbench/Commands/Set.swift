import Inference
import Kernels
import Language
import Plots

/// `set SETTING VALUE`: a setting of the session.
enum SetCommand: Command {
    static let signature = Signature(
        "set", "changes a setting of the session; without a value shows it",
        docs: """
            seed: of every random draw. threads: results do not depend on it. mode: how values are shown. precision: exact \
            (float32 activations) or fast (activations in 8 bits, 32 under one step, against block formats' own whole \
            numbers); results name it, and what is derived from a run is computed as the run was.
            """,
        category: Shelf.session, effect: .session,
        parameters: [
            Parameter("setting", .choice(["seed", "threads", "mode", "precision"]), "which"),
            Parameter(
                "value", .choiceOrAny(DisplayMode.allCases.map(\.rawValue) + Precision.allCases.map(\.rawValue)),
                "what it becomes",
                optional: true),
        ],
        examples: ["set seed 7\nset seed"])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let setting = try call.required("setting").asText()
        guard let argument = call.argument("value") else { return Outcome(value(of: setting, session)) }
        switch setting {
        case "seed": session.settings.seed = UInt64(try argument.asInteger(in: 0...Int.max))
        case "threads": session.useThreads(try argument.asInteger(in: 1...1024))
        case "mode":
            guard let mode = DisplayMode(rawValue: try argument.asText()) else {
                throw LanguageError.wrongKind(
                    argument.value, wanted: "text, json, csv or markdown", span: argument.span)
            }
            session.settings.mode = mode
        default:
            guard let precision = Precision(rawValue: try argument.asText()) else {
                throw LanguageError.wrongKind(argument.value, wanted: "exact or fast", span: argument.span)
            }
            var arithmetic = session.settings.arithmetic
            arithmetic.precision = precision
            session.compute(in: arithmetic)
        }
        return Outcome()
    }

    private static func value(of setting: String, _ session: Session) -> Value {
        switch setting {
        case "seed": .number(Double(session.settings.seed))
        case "threads": .number(session.settings.threads)
        case "mode": .text(session.settings.mode.rawValue)
        default: .text(session.settings.arithmetic.precision.rawValue)
        }
    }
}
