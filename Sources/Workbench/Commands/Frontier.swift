import Architectures
import Inference
import Language
import Plots
import Scoring
import Surgery
import Tensors

/// `frontier MODEL over CORPUS`: what each recipe and each budget costs in bytes and in quality.
enum Frontier: Command {
    static let signature = Signature(
        "frontier", "shows bytes against divergence: the recipes, and what the same bytes give by measured allocation",
        docs: """
            Each recipe is applied and run; so is, for the bytes that it takes, the allocation of `quantize m to …` measured \
            over the corpus of `calibrated` (that of `over` unless given). The divergence is KL(model ‖ quantized) over the \
            second half of each window. Nothing is edited. The picture has a line for the recipes and one for the \
            allocations; a logarithm of divergence stands upwards.
            """,
        category: Shelf.compression, parameters: [Parameter("model", .any, "the model")],
        labels: [
            Label("over", Parameter("corpus"), docs: "what divergence is measured over", required: true),
            Label("calibrated", Parameter("corpus"), docs: "what sensitivity is measured over"),
            Label("recipes", Parameter("names", .any, "a list of names"), docs: "the only recipes to try"),
            Label("context", Parameter("tokens", .integer), docs: "tokens a window has, instead of the corpus' own"),
        ],
        result: "a table of bytes, bits a weight and divergence, with a picture",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            held = corpus "examples/models/heldout.txt" context 32
            f = frontier m over held[0:1] recipes ["q2_k", "q8_0"]
            export f "frontier.svg"
            f["q2_k", "kl"]
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let owner = try call.model()
        let recipes = try Self.recipes(call["recipes"])
        let baseline = try Self.baseline(try call.corpus(), owner, call, session)
        let sensitivity = try Self.sensitivity(call, baseline, owner, session)
        var points = try recipes.compactMap { recipe -> FrontierPoint? in
            let plan = try QuantizationPlan(of: owner.model, Array(owner.model.tensors.keys), by: recipe)
            let bytes = owner.model.byteCount - plan.bytesBefore + plan.bytesAfter
            // What would make the model larger is no way to quantize it.
            return plan.entries.isEmpty || bytes >= owner.model.byteCount
                ? nil : FrontierPoint(name: recipe.name, kind: .recipe, bytes: bytes, plan: plan)
        }
        for bytes in Set(points.map(\.bytes)).sorted() where bytes >= sensitivity.leastBytes {
            let allocation = try sensitivity.allocation(within: bytes)
            let plan = try QuantizationPlan(of: owner.model, allocation.formats, title: "allocation")
            let name = "\(NumberText.fixed(sensitivity.bits(bytes), decimals: 3))bits"
            points.append(
                FrontierPoint(name: name, kind: .allocation, bytes: allocation.bytes, budget: bytes, plan: plan))
        }
        for index in points.indices {
            session.output.progress(
                Progress(task: "frontier", done: index, total: points.count, unit: "variants"))
            let edit = try Quantization(points[index].plan).applied(to: owner.model, compute: session.engine.compute)
            points[index].divergence = try baseline.divergence(of: edit.model, from: nil)
        }
        return Outcome(
            .object(
                FrontierChart(
                    points: points, model: owner.title, bytesNow: owner.model.byteCount, n: baseline.n,
                    corpus: baseline.corpus, calibration: sensitivity.corpus, bits: sensitivity.bits
                ).value))
    }

    private static func recipes(_ argument: BoundArgument?) throws -> [Recipe] {
        guard let argument else { return Recipes.all.filter { !$0.needsImportance } }
        guard case .list(let values) = argument.value else {
            throw LanguageError.wrongKind(argument.value, wanted: "a list of names", span: argument.span)
        }
        return try values.map { value in
            guard case .text(let name) = value, let recipe = Recipes.named(name) else {
                throw LanguageError(
                    code: "frontier.recipe", "\(value.literalDescription) is no recipe",
                    help: "Recipes are \(Recipes.all.map(\.name).joined(separator: ", ")).", span: argument.span)
            }
            return recipe
        }
    }

    private static func baseline(
        _ corpus: CorpusValue, _ owner: ModelValue, _ call: Invocation, _ session: Session
    ) throws -> Baseline {
        let windows = try corpus.tokens(for: owner, windowLength: try call["context"]?.asInteger(in: 2...Int.max))
        return try Baseline(
            owner.model, over: windows, engine: session.engine, firstToken: try owner.windowStart(),
            progress: session.progress("run", windows))
    }

    private static func sensitivity(
        _ call: Invocation, _ held: Baseline, _ owner: ModelValue, _ session: Session
    ) throws -> Sensitivity {
        let calibration = try call["calibrated"]?.asObject(CorpusValue.self, "corpus")
        let measured = try calibration.map { try Self.baseline($0, owner, call, session) } ?? held
        let compute = session.engine.compute
        let options = try Sensitivity.unmeasured(
            owner.model, importance: nil, compute: compute, progress: session.progress("sample", unit: "groups"))
        return try options.measured(
            against: measured, compute: compute, progress: session.progress("measure", unit: "groups"))
    }
}
