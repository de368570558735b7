import Inference
import Language
import Plots
import Scoring
import Surgery
import Tensors

/// `quantize [each] … measure METRIC over CORPUS`, `prune [each] … measure …`: what an edit of weights does to a metric, of
/// the whole selection, or with `each` of one part after another, each alone.
struct WeightSweep {
    let call: Invocation
    /// What a part is when it is measured alone, such as `q3_k`, and how that is put behind a number, such as `as q3_k`.
    let state: (one: String, all: String)
    /// The model with a part of the selection edited (nil: all of it), and the first layer that differs then; nil for a
    /// part in which there is nothing to edit.
    let edited: (Selection.Part?) throws -> WeightVariant?

    /// Refuses what `each` does not go over.
    static func checkUnit(_ argument: BoundArgument, _ call: Invocation) throws(LanguageError) -> Selection {
        guard case .object(let object) = argument.value, let selection = object as? Selection,
            [.layers, .experts].contains(selection.unit)
        else {
            let name = call.signature.name
            throw LanguageError(
                .wrongKind, "`\(name) each` goes over layers or experts, and this is \(argument.value.kindName)",
                help: "Write \(name) each m.layers … or \(name) each m.experts ….", span: argument.span)
        }
        return selection
    }

    /// Measures the selection, or with `each` part after part.
    func measured(_ label: BoundLabel, of owner: ModelValue, in session: Session) throws -> Outcome {
        let argument = try call.required(call.signature.parameters[0].name)
        let metric = try label.metric()
        try metric.checkOverCorpus()
        guard let over = label["over"] else {
            throw LanguageError(
                .missingArgument, "`measure` needs a corpus to measure over",
                help: "measure \(metric.label) over CORPUS", span: label.span)
        }
        let selection = argument.isEach ? try Self.checkUnit(argument, call) : nil
        let variants = try variants(of: selection)
        let corpus = try over.asObject(CorpusValue.self, "corpus").tokens(for: owner)
        let means = try Sweep.copies(
            variants, of: owner.model, over: corpus, measure: try metric.metric(for: owner), engine: session.engine
        ) { done, total in
            session.output.progress(
                Progress(task: "\(call.signature.name) each", done: done, total: total, unit: "passes"))
        }
        let arithmetic = session.settings.arithmetic
        let subject = Self.subject(corpus, arithmetic)
        if let selection { return Outcome(.object(array(metric, means, selection, subject))) }
        let value = number(metric, means, n: corpus.items.count, arithmetic, subject)
        return Outcome(.object(value))
    }

    private func variants(of selection: Selection?) throws -> [WeightVariant?] {
        guard let selection else { return [try edited(nil)] }
        return try selection.parts.map { part in try part.flatMap { try edited($0) } }
    }

    /// What measuring would compute, told before it is run.
    func forecast(_ label: BoundLabel, of owner: ModelValue) throws -> [String] {
        let argument = try call.required(call.signature.parameters[0].name)
        let selection = argument.isEach ? try Self.checkUnit(argument, call) : nil
        let variants = try variants(of: selection).compactMap(\.self)
        guard let corpus = try label["over"]?.asObject(CorpusValue.self, "corpus").tokens(for: owner) else { return [] }
        let (tokens, layers) = (corpus.items.reduce(0) { $0 + $1.tokens.count }, owner.model.blueprint.layers.count)
        var cost = SweepCost()
        cost.fullCells = tokens * layers * variants.count
        cost.computedCells = variants.reduce(0) { $0 + tokens * (layers - ($1.firstLayer ?? 0)) }
        let cells = "\(NumberText.grouped(cost.computedCells)) of \(NumberText.grouped(cost.fullCells)) cells"
        return [
            "cost: \(variants.count) copies of the model over \(NumberText.grouped(tokens)) tokens; computes \(cells) "
                + "(layer × position) of full passes"
        ]
    }

    private func array(
        _ metric: MetricValue, _ means: VariantMeans, _ selection: Selection, _ subject: String
    ) -> TensorValue {
        let isGrid = selection.hasMembers
        var shape = [selection.layers.count] + (isGrid ? [selection.ordinals.count] : [])
        var axes = ["layer"] + (isGrid ? ["expert"] : [])
        var labels: [[String]?] =
            [selection.layers.map { "L\($0)" }] + (isGrid ? [selection.ordinals.map(String.init)] : [])
        for axis in axes.indices.reversed() where selection.droppedAxes.contains(axes[axis]) {
            shape.remove(at: axis)
            axes.remove(at: axis)
            labels.remove(at: axis)
        }
        let unit = metric.quantity.unit
        let line =
            "unedited \(MeasurementValue.shown(means.base)) \(unit)   change when only this is \(state.one)   "
            + metric.quantity.direction.phrase
        let tensor = { (values: [Double]) in Tensor(shape: shape, axes: axes, values: values.map(Float.init)) }
        let raw = TensorValue(
            tensor(means.variants), title: metric.label, notes: [line], unit: unit, labels: labels)
        return TensorValue(
            tensor(means.variants.map { $0 - means.base }), title: "\(metric.label): change", notes: [line], unit: unit,
            labels: labels, footer: [subject, Self.share(means.cost)].compactMap(\.self),
            companions: [
                .init("raw", "the metric itself", .object(raw)),
                .init("base", "the metric unedited", .number(means.base, Unit(unit))),
            ])
    }

    private func number(
        _ metric: MetricValue, _ means: VariantMeans, n: Int, _ arithmetic: Arithmetic, _ subject: String
    ) -> MeasurementValue {
        let quantity = metric.quantity
        let value = means.variants[0] - means.base
        let change = "change \(NumberText.signed(value, decimals: 5)) \(quantity.unit) \(state.all)"
        return MeasurementValue(
            label: metric.label, value: value, unit: quantity.unit, direction: quantity.direction,
            n: n, of: "items", error: nil, arithmetic: arithmetic,
            parts: [
                .init("raw", "the metric itself", means.variants[0]), .init("base", "the metric unedited", means.base),
            ],
            lines: [[change, quantity.direction.phrase, subject].joined(separator: " · ")])
    }

    /// What it was measured on, and how much of it.
    private static func subject(_ corpus: TokenCorpus, _ arithmetic: Arithmetic) -> String {
        "n = \(corpus.items.count) \(corpus.windowLength == nil ? "items" : "windows") of \(corpus.name) · \(arithmetic.name)"
    }

    private static func share(_ cost: SweepCost) -> String? {
        guard cost.fullCells > 0 else { return nil }
        return "recomputed \(NumberText.percent(Double(cost.computedCells) / Double(cost.fullCells))) of cells"
    }
}

extension Selection {
    /// The roles of one part's weights.
    func roles(of part: Part) -> [Role] {
        SelectionText(
            selection: Selection(owner, unit, layers: [part.layer], ordinals: part.member.map { [$0] } ?? [])
        ).roles
    }
}
