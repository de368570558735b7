import Formats
import Inference
import Kernels
import Language
import Plots
import Scoring
import Surgery

/// `quantize SELECTION as FORMAT|RECIPE`, `quantize MODEL to BUDGET over CORPUS`: encodes weights in other formats.
enum Quantize: Command {
    static let signature = Signature(
        "quantize", "encodes weights in other formats: one, a recipe's mixture, or what a budget allows",
        docs: """
            What is measured afterwards is what `save` writes: forward passes read the encoded blocks. Of a model, layers \
            or experts the matrices are taken, and routers, norms, biases and sinks stay; a tensor named by itself \
            (`m.layers[2].router.weight`) is always taken.

            Names such as q4_k_m are llama.cpp's recipes, which give each tensor its type by what it is for. Where a name \
            is that of a recipe and of a format (q2_k, q6_k, q8_0), a whole model gets the recipe and a part of one the \
            format; `pure` gives the format to the whole model too. Where rows are no whole number of blocks (gpt-oss' \
            2880 elements in blocks of 256), another format stands in, as llama.cpp has it: q4_0 for q2_k and q3_k, q5_0 \
            for q4_k, q5_1 for q5_k, q8_0 for q6_k, iq4_nl for iq4_xs.

            `to` takes a budget, bits a weight or a size, for the whole model: each group of weights (a part of a layer, all \
            its experts together) is quantized alone and run over the corpus, and the formats are chosen that together \
            move the next-token probabilities least and keep within the budget. Routers, norms and biases stay, and count. \
            `by frequency` is the field's rule of thumb: the fifth of the experts used most at 8 bits, the rarest fifth at \
            3, the rest at 4.

            \(QuantizationMethod.docs)

            `measure` edits nothing and tells how a metric changes; with `each`, part after part: a scan of sensitivity.

            `dry-run quantize …` prints the plan: each tensor, from, to, bytes before and after, and the error to expect \
            (root mean square, relative to the weights', measured on some rows); for gptq and awq that of rounding to nearest, \
            and it says so.
            """,
        category: Shelf.compression, effect: .edit,
        parameters: [Parameter("selection", .any, "a model, layers, experts, or a tensor", each: .before)],
        labels: [
            Label(
                "as", Parameter("format", .choice(formatNames), "a format or a recipe"),
                docs: "the format or the recipe"),
            Label("pure", docs: "this very format for every matrix of a model, where the name is a recipe's too"),
            Label(
                "to", Parameter("budget", .any, "bits a weight (4.25bits) or a size (6GiB)"),
                docs: "mixed formats within a budget"),
            Label(
                "by", Parameter("method", .choice(QuantizationMethod.names + ["frequency"]), "a method or a rule"),
                docs: "how codes are chosen, or a rule instead of a format"),
            Label("over", Parameter("corpus"), docs: "what a budget, a rule or a method is measured over"),
            Label("context", Parameter("tokens", .integer), docs: "tokens a window has, instead of the corpus' own"),
            .measure(Label("over", Parameter("corpus"), docs: "what to measure over")),
        ] + QuantizationMethod.labels,
        result: "the model with encoded weights",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            dry-run quantize m as mxfp4_moe
            quantize m.experts as mxfp4
            quantize m.layers[1].router.weight as q8_0
            """,
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            calib = corpus "examples/models/heldout.txt" context 64
            dry-run quantize m by frequency over calib[0:2]
            quantize each m.layers as q3_k measure kl over calib[0:1]
            quantize m.layers[0].experts as q4_0 using (imatrix m over calib[0:4])
            quantize m.layers[1].experts as w4a16 by gptq over calib[0:8] group 64
            quantize m.layers[2] as q4_0 by awq over calib[0:4]
            """,
        ])

    /// What may stand behind `as`: recipes and formats, a name of both once.
    static var formatNames: [String] {
        let recipes = Recipes.all.map(\.name)
        return recipes + WeightFormat.writable.map(\.name).filter { !recipes.contains($0) }
    }

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let argument = try call.required("selection")
        if let label = call.label("measure") { return try measured(label, argument, call, session) }
        guard !argument.isEach else {
            throw LanguageError(
                .missingArgument, "`each` quantizes one part after another, and needs `measure`",
                help: "quantize each … as q3_k measure kl over CORPUS")
        }
        let selection = try WeightSelection(argument, for: "quantize")
        let method = try QuantizationMethod(call)
        let (plan, notes) = try plan(of: selection, call, method, session)
        let owner = selection.owner
        guard !plan.entries.isEmpty || plan.untouched.contains(where: { QuantizationPlan.largeParts.contains($0.part) })
        else {
            throw LanguageError(
                code: "quantize.nothing", "nothing in the selection is a matrix that is quantized with the rest",
                help: "Name a tensor by itself, as m.layers[2].router.weight.", span: argument.span)
        }
        try method.check(plan)
        let importance = try method.importance(for: owner, in: session)
        var table = QuantizationTable(
            plan: plan, owner: owner, importance: importance,
            calibratedMethod: method.isCalibrated ? method.name : nil, notes: notes)
        guard call.prefix != .dryRun else {
            return Outcome(.object(try table.foreseen(compute: session.engine.compute)))
        }
        let edit = try method.applied(plan, to: owner, in: session)
        table.notes += edit.notes.filter { !plan.notes.contains($0) }
        let edited = owner.edited(edit.model, EditRecord(command: call.text, effect: table.effect), in: session)
        return Outcome(.object(table.done), edited: .object(edited))
    }

    static func forecast(_ call: Invocation, in session: Session) throws -> [String] {
        guard let label = call.label("measure") else { return [] }
        let argument = try call.required("selection")
        let owner = try WeightSelection(argument, for: "quantize").owner
        return try sweep(label, argument, call, session).forecast(label, of: owner)
    }

    private static func measured(
        _ label: BoundLabel, _ argument: BoundArgument, _ call: Invocation, _ session: Session
    ) throws -> Outcome {
        let owner = try WeightSelection(argument, for: "quantize").owner
        return try sweep(label, argument, call, session).measured(label, of: owner, in: session)
    }

    private static func sweep(
        _ label: BoundLabel, _ argument: BoundArgument, _ call: Invocation, _ session: Session
    ) throws -> WeightSweep {
        guard let word = call["as"], call.label("to") == nil, call.label("by") == nil else {
            throw LanguageError(
                .missingArgument, "`measure` goes with `as`",
                help: "quantize each m.layers as q3_k measure kl over CORPUS",
                span: label.span)
        }
        let selection = try WeightSelection(argument, for: "quantize")
        let method = try QuantizationMethod(call)
        let name = try word.asText()
        return WeightSweep(call: call, state: (name, "as \(name)")) { part in
            let roles = try part.map { part in
                try argument.asObject(Selection.self, "selection of layers or experts").roles(of: part)
            }
            let taken = roles.map(selection.limited(to:)) ?? selection
            return WeightVariant(from: WeightVariant.firstLayer(of: taken.roles, in: selection.owner.model)) {
                let plan = try plan(of: taken, as: word, isPure: call.has("pure"), method, in: session)
                return try method.applied(plan, to: selection.owner, in: session).model
            }
        }
    }

    /// What the one of `as`, `to` and `by` that is given asks for, and what should be said of it.
    private static func plan(
        of selection: WeightSelection, _ call: Invocation, _ method: QuantizationMethod, _ session: Session
    ) throws -> (QuantizationPlan, notes: [String]) {
        let isRule = try call["by"].map { !QuantizationMethod.names.contains(try $0.asText()) } ?? false
        let given = call.labels.filter { ["as", "to"].contains($0.name) || ($0.name == "by" && isRule) }
        guard let label = given.first, given.count == 1, let argument = label.arguments.first else {
            throw LanguageError(
                .missingArgument, "`quantize` takes one of as, to and by frequency",
                help:
                    "quantize m as q4_k_m, quantize m to 4.25bits over CORPUS, or quantize m by frequency over CORPUS",
                span: given.dropFirst().first?.span)
        }
        if label.name == "as" {
            if !method.isCalibrated, let over = call.label("over") {
                throw LanguageError(
                    .unknownLabel, "a format needs no corpus",
                    help: "Leave out over, or write by gptq over CORPUS, or to 4.25bits over CORPUS.",
                    span: over.span)
            }
            return (try plan(of: selection, as: argument, isPure: call.has("pure"), method, in: session), [])
        }
        guard selection.isWhole else {
            throw LanguageError(
                .wrongKind, "`\(label.name)` chooses formats for a whole model",
                help: "Write quantize m \(label.name) ….",
                span: try call.required("selection").span)
        }
        let allocation = BudgetAllocation(
            owner: selection.owner, call: call, importance: try method.importance(for: selection.owner, in: session))
        return label.name == "to"
            ? try allocation.plan(to: argument, in: session) : try allocation.byFrequency(in: session)
    }

    private static func plan(
        of selection: WeightSelection, as word: BoundArgument, isPure wantsPure: Bool, _ method: QuantizationMethod,
        in session: Session
    ) throws -> QuantizationPlan {
        let name = try word.asText()
        let format = WeightFormat.writable.first { $0.name == name }
        let isPure = format != nil && (!selection.isWhole || wantsPure)
        let model = selection.owner.model
        if !isPure, let recipe = Recipes.named(name) {
            guard !wantsPure else {
                throw LanguageError(
                    code: "quantize.pure", "\(name) is a mixture of formats",
                    help: "Without pure, or with a format such as \(recipe.base.name).", span: word.span)
            }
            guard !selection.isExplicit else {
                throw LanguageError(
                    code: "quantize.recipe", "a recipe mixes formats over a model, and this is one tensor",
                    help: "Name its format, such as \(recipe.base.name).", span: word.span)
            }
            let importance = try method.importance(for: selection.owner, in: session)
            return try QuantizationPlan(of: model, selection.roles, by: recipe, hasImportance: importance != nil)
        }
        guard let format else { throw LanguageError(.choice, "there is no format \(name)", span: word.span) }
        return try QuantizationPlan(
            of: model, selection.roles, as: try method.adapted(format), isExplicit: selection.isExplicit)
    }
}
