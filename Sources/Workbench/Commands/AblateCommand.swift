import Inference
import Language
import Scoring
import Surgery

/// `ablate SELECTION`: activations taken away.
enum AblateCommand: Command {
    static let signature = Signature(
        "ablate", "takes activations away: zero, a mean, a random token's, or another run's in their place",
        docs: """
            A head means its z, an expert its output, a router its logits, a layer what its attention and its experts add. \
            As a statement it edits the model; `into` gives a run instead, `measure` only measures: how the metric changes, \
            with `.raw` for the metric itself. `each` sweeps.

            `mean` puts the site's mean over a corpus at every position, `resample` at each position the value at a random \
            token of it.
            """,
        category: Shelf.experiments, effect: .edit,
        parameters: [
            Parameter("selection", .any, "heads, experts, channels, routers, layers or sites of them", each: .before)
        ],
        labels: [
            Label(
                "with", Parameter("values", .choiceOrAny(["zero", "mean", "resample"]), "zero unless given; or a run"),
                labels: [
                    Label("over", Parameter("corpus"), docs: "where mean and resample take values from"),
                    Label(
                        "seed", Parameter("number", .integer),
                        docs: "what resampling is keyed by; the session's unless given"),
                ], docs: "what stands in their place"),
            PositionChoice.label,
            Label("into", Parameter("run"), docs: "the run to change, instead of the model", keepsVariable: true),
            .measure(Label("over", Parameter("corpus"), docs: "what to measure over; not needed with `into`")),
        ],
        result: "the edited model; with into a run; with measure the change of the metric",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            ablate each m.heads into clean measure logit-diff " Mary" " John"
            calib = corpus "examples/models/errbench.jsonl"
            ablate m.layers[1].experts[3] with mean over calib[0:20]
            m
            """,
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            bench = corpus "examples/models/errbench.jsonl"
            ablate m.layers[3].moe measure logit-diff over bench.family["ioi"][0:8]
            with ablate m.heads[3, 7] { top (run m "John gave a drink to") 3 }
            """,
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let ablating = try Ablating(call, session)
        if let label = call.label("measure") { return try measured(label, ablating, call, session) }
        guard !ablating.isSweep else {
            throw LanguageError(
                .missingArgument, "`each` makes an ablation after another, and needs `measure`",
                help: "ablate each … measure loss over CORPUS")
        }
        if let into = call["into"] { return Outcome(.object(try changed(ablating, into, session))) }
        return try edited(ablating, call, session)
    }

    static func forecast(_ call: Invocation, in session: Session) throws -> [String] {
        let ablating = try Ablating(call, session, gathers: false)
        guard let label = call.label("measure") else { return [] }
        let owner = ablating.selection.owner
        let corpus = try label["over"]?.asObject(CorpusValue.self, "corpus").tokens(for: owner)
        let lengths =
            try call["into"].map { try ablating.runs($0).runs.map(\.tokens.count) }
            ?? corpus?.items.map(\.tokens.count) ?? []
        let grid = try ablating.grid(lengths: lengths)
        return [SweepForecast(grid: grid, lengths: lengths, owner: owner).line(try label.metric())]
    }

    private static func edited(_ ablating: Ablating, _ call: Invocation, _ session: Session) throws -> Outcome {
        let positions = ablating.positions.positions
        if let last = positions?.first(where: { $0 < 0 }) {
            throw LanguageError(
                code: "edit.position", "position \(last) counts from an end that an edited model does not know",
                help: "Count from the start, or ablate `into` a run.", span: call["at"]?.span)
        }
        let owner = ablating.selection.owner
        let edit = try Ablation.edit(
            owner.model, try ablating.selection.targets(for: .ablation), at: positions, with: ablating.replacement)
        let record = EditRecord(command: call.text, effect: edit.summary)
        return Outcome(
            .text(([edit.summary] + Set(edit.notes).sorted()).joined(separator: "\n")),
            edited: .object(owner.edited(edit.model, record, in: session)))
    }

    private static func changed(_ ablating: Ablating, _ into: BoundArgument, _ session: Session) throws -> RunValue {
        let value = try ablating.runs(into)
        let targets = try ablating.selection.targets(for: .ablation)
        let progress = session.progress("ablate", value)
        let runs = try value.runs.enumerated().map { number, run in
            progress(number)
            let changes = try Ablation.interventions(
                targets, at: ablating.positions.positions, with: ablating.replacement, of: run.model,
                length: run.tokens.count, item: number)
            return try session.engine.run(run, with: changes)
        }
        return RunValue(
            value.owner, runs: runs, items: value.items, title: "\(value.title) without \(ablating.argument.text)")
    }

    private static func measured(
        _ label: BoundLabel, _ ablating: Ablating, _ call: Invocation, _ session: Session
    ) throws -> Outcome {
        let metric = try label.metric()
        let (owner, engine) = (ablating.selection.owner, session.engine)
        let (result, runs): (SweepResult, RunValue?)
        switch (call["into"], label["over"]) {
        case (let into?, nil):
            let value = try ablating.runs(into)
            result = try Sweep.ablate(
                try ablating.grid(lengths: value.runs.map(\.tokens.count)), in: value.runs, items: value.items,
                with: ablating.replacement,
                measure: { try metric.metric(for: owner, run: $0, of: value.runs.count) },
                engine: engine.under(value.arithmetic), progress: session.progress("ablate", value))
            runs = value
        case (nil, let over?):
            try metric.checkOverCorpus()
            let corpus = try over.asObject(CorpusValue.self, "corpus").tokens(for: owner)
            result = try Sweep.ablate(
                try ablating.grid(lengths: corpus.items.map(\.tokens.count)), owner.model, over: corpus,
                with: ablating.replacement, measure: try metric.metric(for: owner), engine: engine,
                progress: session.progress("ablate", corpus))
            runs = nil
        default:
            throw LanguageError(
                .missingArgument, "`measure` needs one thing to measure on",
                help: "`ablate … measure loss over CORPUS`, or `ablate … into RUN measure ld`", span: label.span)
        }
        let report = SweepReport(
            result: result, metric: metric, selection: ablating.selection, isEach: ablating.isEach, runs: runs,
            arithmetic: runs?.arithmetic ?? engine.arithmetic)
        if ablating.isSweep { return Outcome(.object(report.ablatedArray(ablating.replacement.phrase))) }
        try report.checkEffect(ablating.argument.span)
        return Outcome(.object(report.ablatedNumber(ablating.replacement.phrase)))
    }
}

/// An ablate command's arguments, with the values that stand in.
private struct Ablating {
    let selection: Selection
    let argument: BoundArgument
    let isEach: Bool
    let positions: PositionChoice
    let replacement: Replacement

    var isSweep: Bool { isEach || positions.isEach }

    /// - Parameter gathers: Whether to run the corpus that values come from; without, zero stands in for them.
    init(_ call: Invocation, _ session: Session, gathers: Bool = true) throws {
        argument = try call.required("selection")
        selection = try argument.asObject(Selection.self, "selection of a model's parts")
        isEach = argument.isEach
        positions = try PositionChoice(call)
        replacement = gathers ? try Self.replacement(call, selection, session) : .zero
    }

    /// The runs that `into` names.
    func runs(_ into: BoundArgument) throws(LanguageError) -> RunValue {
        let value = try into.asObject(RunValue.self, "run")
        try value.check(isOf: selection.owner, into)
        return value
    }

    func grid(lengths: [Int]) throws -> SweepGrid {
        try positions.applied(to: selection.grid(for: .ablation, isEach: isEach), lengths: lengths)
    }

    private static func replacement(
        _ call: Invocation, _ selection: Selection, _ session: Session
    ) throws -> Replacement {
        guard let with = call.label("with"), let argument = with.arguments.first else { return .zero }
        if case .object = argument.value {
            let run = try argument.asObject(RunValue.self, "run")
            try run.check(isOf: selection.owner, argument)
            return .run(try run.single("ablating with a run"))
        }
        let word = try argument.asText()
        if word == "zero" { return .zero }
        guard let over = with["over"] else {
            throw LanguageError(
                .missingArgument, "`\(word)` needs a corpus to take values from", help: "with \(word) over CORPUS",
                span: argument.span)
        }
        let owner = selection.owner
        let corpus = try over.asObject(CorpusValue.self, "corpus").tokens(for: owner)
        let pool = try ActivationPool.gather(
            try selection.targets(for: .ablation), of: owner.model, over: corpus, keepsRows: word == "resample",
            engine: session.engine, progress: session.progress("gather", corpus))
        if word == "mean" { return .mean(pool) }
        let seed = try with["seed"].map { UInt64(try $0.asInteger(in: 0...Int.max)) } ?? session.settings.seed
        return .resample(pool, seed: seed)
    }
}
