import Inference
import Language
import Plots
import Scoring

/// `measure METRIC on RUN`: a metric's value.
enum Measure: Command {
    static let signature = Signature(
        "measure", "measures a metric on a run, or on a model over a corpus",
        docs: """
            Over runs of several items, and over a corpus, it is the mean: over items, or over tokens of what is itself a \
            mean over positions. In arithmetic and comparisons it is its number.
            """,
        category: Shelf.experiments, parameters: [Parameter("metric", .metric, "what to measure")],
        labels: [
            Label(
                "on", Parameter("run", .any, "a run, or a model with `over`"), docs: "what it is measured on",
                required: true),
            Label("over", Parameter("corpus"), docs: "the corpus that a model is run over"),
            Label("corrupt", docs: "the corrupted prompts of the corpus' items"),
        ],
        result: "a number with unit, direction and n",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            ld = logit-diff " Mary" " John"
            measure ld on clean
            assert (measure ld on clean) > 0 "the model does not know"
            """,
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            bench = corpus "examples/models/errbench.jsonl"
            measure logit-diff on m over bench.family["ioi"][0:8]
            """,
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let metric = try call.required("metric").asObject(MetricValue.self, "metric")
        guard let subject = call["on"] else {
            throw LanguageError(.missingArgument, "`measure` needs `on`", help: "usage: \(signature.usage)")
        }
        if case .object(let object) = subject.value, let model = object as? ModelValue {
            return Outcome(.object(try measured(metric, on: model, subject, call, session)))
        }
        let run = try subject.asObject(RunValue.self, "run, or a model")
        if let label = call.label("over") ?? call.label("corrupt") {
            throw LanguageError(
                .unknownLabel, "a run is measured as it is; `\(label.name)` is for a model",
                help: "measure … on m over CORPUS", span: label.span)
        }
        let measured = try metric.measured(on: run, engine: session.engine, progress: session.progress("measure", run))
        return Outcome(.object(MeasurementValue(measured, in: run.arithmetic, on: [run.title, run.owner.title])))
    }

    private static func measured(
        _ metric: MetricValue, on model: ModelValue, _ subject: BoundArgument, _ call: Invocation, _ session: Session
    ) throws -> MeasurementValue {
        guard let argument = call["over"] else {
            throw LanguageError(
                .missingArgument, "a model is measured over a corpus",
                help: "measure \(metric.quantity.name) on \(subject.text) over CORPUS",
                span: subject.span)
        }
        try metric.checkOverCorpus()
        let corpus = try argument.asObject(CorpusValue.self, "corpus").tokens(for: model)
        let isCorrupt = call.has("corrupt")
        let measured = try metric.metric(for: model).mean(
            over: corpus, model: model.model, engine: session.engine, corrupt: isCorrupt,
            progress: session.progress("measure", total: corpus.items.count))
        return MeasurementValue(
            measured, in: session.settings.arithmetic,
            on: [isCorrupt ? "corrupted \(corpus.name)" : corpus.name, model.title])
    }
}

extension MetricValue {
    /// The mean over a value's runs.
    func measured(on run: RunValue, engine: Engine, progress: (Int) -> Void = { _ in }) throws -> Measurement {
        // One value counts once a position that it is the mean of.
        let engine = engine.under(run.arithmetic)
        var (total, weight) = (0.0, 0)
        var summary = Summary()
        for (number, one) in run.runs.enumerated() {
            progress(number)
            let metric = try metric(for: run.owner, run: number, of: run.runs.count)
            let item = run.items.isEmpty ? nil : run.items[number]
            let ready = try metric.prepared(for: one.tokens, item: item, model: one.model, engine: engine)
            let value = ready.value(one.logits(at: ready.positions))
            summary.add(value)
            total += value * Double(ready.weight)
            weight += ready.weight
        }
        return Measurement(
            value: run.runs.count == 1 ? summary.sum : total / Double(weight), n: weight,
            of: isOverPositions ? "tokens" : run.items.isEmpty ? "runs" : "items", label: label, unit: quantity.unit,
            direction: quantity.direction, standardError: isOverPositions ? 0 : summary.standardError)
    }
}

extension MeasurementValue {
    /// A measurement on something, named in a few words.
    init(_ measured: Measurement, in arithmetic: Arithmetic, on subject: [String]) {
        let error = measured.standardError > 0 ? measured.standardError : nil
        let spread = error.map { " ± " + Self.shown($0) } ?? ""
        let facts = [
            "\(measured.label)  \(Self.shown(measured.value))\(spread) \(measured.unit)", measured.direction.phrase,
            Self.counted(measured.n, measured.of), arithmetic.name,
        ]
        self.init(
            label: measured.label, value: measured.value, unit: measured.unit, direction: measured.direction,
            n: measured.n, of: measured.of, error: error, arithmetic: arithmetic, parts: [],
            lines: [(facts + subject).joined(separator: " · ")]
        )
    }
}

extension Session {
    /// Tells how far work over items has come.
    func progress(_ task: String, total: Int, unit: String = "items") -> (Int) -> Void {
        { [output] done in
            if total > 1 { output.progress(Progress(task: task, done: done, total: total, unit: unit)) }
        }
    }

    /// Tells how far work is of which the total becomes known on the way.
    func progress(_ task: String, unit: String) -> (Int, _ total: Int) -> Void {
        { [output] done, total in output.progress(Progress(task: task, done: done, total: total, unit: unit)) }
    }

    func progress(_ task: String, _ run: RunValue) -> (Int) -> Void { progress(task, total: run.runs.count) }
}
