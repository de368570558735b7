import Inference
import Language
import Plots
import Surgery

/// What `save … stacks` makes of experts that differ in format within one stack, which a GGUF tensor cannot hold.
struct StackChoice {
    static let label = Label(
        "stacks", Parameter("layout", .choice(["widest", "apart"]), "widest or apart"),
        docs:
            "for experts of one stack that differ in type: the widest type for all of it, or a tensor an expert, which Lancet reads and llama.cpp does not"
    )

    /// Whether experts that differ become tensors of their own.
    let keepsApart: Bool
    private let word: BoundArgument?
    private let model: Model
    private let mixed: [MixedStack]

    /// - Throws: `LanguageError` for a folder, in which every expert has tensors of its own.
    init(_ call: Invocation, _ model: Model, _ container: SaveTarget.Container) throws {
        word = call["stacks"]
        if container == .hf, let label = call.label("stacks") {
            throw LanguageError(
                .unknownLabel, "folders hold experts one by one, each in its type", help: "Leave out stacks.",
                span: label.span)
        }
        keepsApart = try word?.asText() == "apart"
        mixed = container == .gguf ? MixedStack.all(in: model) : []
        self.model = model
    }

    /// The model as it is to be saved; what is done to stacks is said before anything is written.
    func resolved(in session: Session) throws -> Model {
        guard !mixed.isEmpty else { return model }
        let count = "\(mixed.count) stack\(mixed.count == 1 ? "" : "s") of experts"
        guard word != nil else {
            session.warn("\(count) hold experts of several types, which a GGUF stack cannot")
            return model
        }
        guard !keepsApart else {
            session.warn("\(count) are written as a tensor an expert: Lancet reads them, llama.cpp does not")
            return model
        }
        let plan = try QuantizationPlan(wideningStacksOf: model)
        session.output.notice(
            "\(count) get the widest of their types: \(NumberText.bytes(plan.bytesBefore)) become "
                + "\(NumberText.bytes(plan.bytesAfter)) in \(plan.entries.count) tensors")
        return try Quantization(plan).applied(to: model, compute: session.engine.compute).model
    }
}
