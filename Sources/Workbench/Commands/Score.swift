import Inference
import Language
import Scoring

/// `score SELECTION by CRITERION over CORPUS`: how much each expert or head matters.
enum Score: Command {
    static let signature = Signature(
        "score", "scores experts or heads by a criterion",
        docs: Criteria.all.map { "\($0.name): \($0.summary), in \($0.unit) (\($0.source))." }.joined(separator: "\n"),
        category: Shelf.compression,
        parameters: [Parameter("selection", .any, "m.experts or m.heads, or those of some layers")],
        labels: [
            Label(
                "by", Parameter("criterion", .choice(Criteria.all.map(\.name))), docs: "the criterion", required: true),
            Label("over", Parameter("corpus"), docs: "what to measure over; router-norm needs none"),
            Label("from", Parameter("imatrix"), docs: "an importance matrix, whose counts are the frequency"),
        ],
        result: "scores [layer, expert] or [layer, head], higher is more important",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            calib = corpus "examples/models/heldout.txt"
            scores = score m.experts by reap over calib[0:4]
            scores.ranked[0:5]
            score m.experts by router-norm
            bench = corpus "examples/models/errbench.jsonl"
            score m.heads by ablation over bench.family["ioi"][0:4]
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let argument = try call.required("selection")
        guard case .object(let object) = argument.value, let selection = object as? Selection else {
            throw LanguageError(
                .wrongKind, "`score` takes experts or heads, and this is \(argument.value.kindName)",
                help: "Write m.experts or m.heads.", span: argument.span)
        }
        let owner = selection.owner
        let criterion = try Criteria.named(try call["by"]?.asText() ?? "")
        let corpus = try call["over"].map { try $0.asObject(CorpusValue.self, "corpus").tokens(for: owner) }
        let scores: Scores
        switch selection.unit {
        case .experts:
            let most = selection.layers.map { owner.model.blueprint.layers[$0].expertCount }.max() ?? 0
            try check(selection, count: most, argument)
            let layers = selection.layers.filter { owner.model.blueprint.layers[$0].expertCount > 0 }
            if let from = call["from"] { return try read(from, criterion, owner, layers, call, session) }
            scores = try Scores.experts(
                of: owner.model, by: [criterion], over: corpus, layers: layers, engine: session.engine,
                progress: corpus.map { session.progress("score", $0) })[0]
        case .heads:
            try check(selection, count: owner.model.blueprint.headCount, argument)
            scores = try heads(selection, criterion, corpus, call, session)
        default:
            throw LanguageError(
                .wrongKind, "`score` takes experts or heads, and this is \(selection.typeName)",
                help: "Write m.experts or m.heads.", span: argument.span)
        }
        for warning in scores.warnings { session.warn(warning) }
        return Outcome(.object(ScoresValue(owner: owner, arithmetic: session.settings.arithmetic, scores: scores)))
    }

    /// The frequency baseline that an importance matrix holds already.
    private static func read(
        _ from: BoundArgument, _ criterion: Criterion, _ owner: ModelValue, _ layers: [Int], _ call: Invocation,
        _ session: Session
    ) throws -> Outcome {
        guard criterion.name == Criterion.frequency.name, !call.has("over") else {
            throw LanguageError(
                code: "criterion.importance",
                "an importance matrix tells how often experts fire, and nothing else of them",
                help: "Write score m.experts by frequency from i, or over CORPUS.", span: from.span)
        }
        let importance = try from.asObject(ImportanceValue.self, "importance").importance(for: owner, in: session)
        let scores = try Scores.frequency(from: importance, of: owner.model, layers: layers)
        for warning in scores.warnings { session.warn(warning) }
        return Outcome(.object(ScoresValue(owner: owner, arithmetic: session.settings.arithmetic, scores: scores)))
    }

    private static func heads(
        _ selection: Selection, _ criterion: Criterion, _ corpus: TokenCorpus?, _ call: Invocation, _ session: Session
    ) throws -> Scores {
        guard case .ablation = criterion.method else {
            throw LanguageError(
                code: "criterion.heads", "\(criterion.name) is a criterion of experts",
                help: "Heads are scored by ablation.",
                span: call["by"]?.span)
        }
        guard let corpus else {
            throw LanguageError(
                .missingArgument, "ablation is measured over a corpus", help: "Add `over CORPUS`.")
        }
        return try Scores.heads(
            of: selection.owner.model, over: corpus, layers: selection.layers, engine: session.engine,
            progress: session.progress("score", corpus))
    }

    /// Scores compare the members of a layer with one another, so they are of whole layers.
    private static func check(_ selection: Selection, count: Int, _ argument: BoundArgument) throws(LanguageError) {
        guard selection.ordinals == Array(0..<count), Set(selection.layers).count == selection.layers.count else {
            throw LanguageError(
                code: "score.part",
                "a layer is scored as a whole, and this selects some of its \(selection.memberName)",
                help: "Score whole layers, as m.\(selection.memberName)[1:3], and index the scores.",
                span: argument.span)
        }
    }
}
