import Formats
import Inference
import Kernels
import Language
import Plots
import Scoring
import Surgery

/// `dequantize SELECTION as bf16`: decodes quantized weights to plain numbers.
enum Dequantize: Command {
    static let signature = Signature(
        "dequantize", "decodes quantized weights to bf16, f16 or f32",
        docs: """
            What a rounding took stays lost; what is decoded is what forward passes read before. In f32 every decoded value \
            is kept, and MXFP4's are exact in bf16 too; where values are rounded again, the result says by how much.
            """,
        category: Shelf.compression, effect: .edit,
        parameters: [Parameter("selection", .any, "a model, layers, experts, or a tensor")],
        labels: [
            Label(
                "as", Parameter("format", .choice(formats.map(\.name)), "bf16, f16 or f32"), docs: "the number type",
                required: true)
        ],
        result: "the model with plain weights",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            quantize m.experts as mxfp4
            dry-run dequantize m as f32
            dequantize m.experts as bf16
            """
        ])

    private static let formats: [BlockFormat] = [.bf16, .f16, .f32]

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let argument = try call.required("selection")
        let selection = try WeightSelection(argument, for: "dequantize")
        let name = try call["as"]?.asText() ?? ""
        guard let format = formats.first(where: { $0.name == name }) else {
            throw LanguageError(.choice, "there is no number type \(name)", span: call["as"]?.span)
        }
        let owner = selection.owner
        let quantized = selection.roles.filter { owner.model.tensors[$0].map { WeightFormat($0).isQuantized } ?? false }
        guard !quantized.isEmpty else {
            throw LanguageError(
                code: "dequantize.nothing", "nothing in the selection is quantized",
                help: "To change plain numbers' type, write quantize … as \(name).", span: argument.span)
        }
        let plan = try QuantizationPlan(of: owner.model, quantized, as: .block(format), isExplicit: true)
        let compute = session.engine.compute
        let table = QuantizationTable(
            plan: plan, owner: owner, verb: "dequantize",
            notes: [exactness(of: plan, as: format, owner.model, compute)])
        guard call.prefix != .dryRun else {
            return Outcome(.object(try table.foreseen(compute: compute)))
        }
        let edit = try Quantization(plan).applied(to: owner.model, compute: compute)
        let edited = owner.edited(
            edit.model, EditRecord(command: call.text, effect: table.effect), in: session)
        return Outcome(.object(table.done), edited: .object(edited))
    }

    /// Whether every decoded value is kept, and by how much values are rounded where not.
    private static func exactness(
        of plan: QuantizationPlan, as format: BlockFormat, _ model: Model, _ compute: Compute
    ) -> String {
        let isMXFP4 = plan.entries.allSatisfy { $0.from == .block(.mxfp4) }
        if format == .f32 || (format == .bf16 && isMXFP4) { return "exact: every decoded value is kept" }
        var error = SampledError()
        for entry in plan.entries {
            guard let matrix = model.tensors[entry.role] else { continue }
            error = error + .measure(matrix, as: entry.to, places: 2, compute: compute)
        }
        return error.squaredError == 0
            ? "the sampled rows are kept exactly"
            : "rounded to \(format.name): root mean square error "
                + "\(NumberText.general(error.relative, significant: 2)) of the weights', on sampled rows"
    }
}
