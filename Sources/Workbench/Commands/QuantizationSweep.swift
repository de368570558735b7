import Inference
import Language
import Plots
import Scoring
import Surgery
import Tensors

/// `quantize [each] SELECTION as FORMAT measure METRIC over CORPUS`: what writing each part otherwise does to a metric.
struct QuantizationSweep {
    let call: Invocation
    /// The model with some roles encoded, as the call has it.
    let edited: ([Role]) throws -> Model

    /// Measures the selection, or with `each` part after part.
    func measured(_ label: BoundLabel, in session: Session) throws -> Outcome {
        let argument = try call.required("selection")
        let metric = try label.metric()
        try metric.checkOverCorpus()
        guard let over = label["over"] else {
            throw LanguageError(
                .missingArgument, "`measure` needs a corpus to measure over",
                help: "measure \(metric.label) over CORPUS",
                span: label.span)
        }
        guard argument.isEach else {
            let selection = try WeightSelection(argument, for: "quantize")
            let meter = try Meter(metric, selection.owner, over, session)
            let base = try meter.value(selection.owner.model)
            let value = try meter.value(try edited(selection.roles))
            return Outcome(.object(number(metric, value, base: base, meter)))
        }
        let selection = try argument.asObject(Selection.self, "selection of layers or experts")
        guard [.layers, .experts].contains(selection.unit) else {
            throw LanguageError(
                .wrongKind, "`quantize each` goes over layers or experts", help: "Write quantize each m.layers ….",
                span: argument.span)
        }
        let meter = try Meter(metric, selection.owner, over, session)
        let base = try meter.value(selection.owner.model)
        let parts = selection.parts
        let values = try parts.enumerated().map { number, part -> Double in
            guard let part else { return .nan }
            session.output.progress(
                Progress(task: "quantize each", done: number, total: parts.count, unit: "parts"))
            return try meter.value(try edited(roles(of: part, selection)))
        }
        return Outcome(.object(array(metric, values, base: base, selection, meter)))
    }

    private func roles(of part: Selection.Part, _ selection: Selection) -> [Role] {
        SelectionText(
            selection: Selection(
                selection.owner, selection.unit, layers: [part.layer], ordinals: part.member.map { [$0] } ?? [])
        ).roles
    }

    private func array(
        _ metric: MetricValue, _ values: [Double], base: Double, _ selection: Selection, _ meter: Meter
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
        let line =
            "unedited \(MeasurementValue.shown(base)) \(metric.quantity.unit)   change when only this is "
            + "\(formatName)   \(metric.quantity.direction.phrase)"
        let tensor = { (values: [Double]) in Tensor(shape: shape, axes: axes, values: values.map(Float.init)) }
        let raw = TensorValue(
            tensor(values), title: metric.label, notes: [line], unit: metric.quantity.unit, labels: labels)
        return TensorValue(
            tensor(values.map { $0 - base }), title: "\(metric.label): change", notes: [line],
            unit: metric.quantity.unit, labels: labels, footer: [meter.subject],
            companions: [
                .init("raw", "the metric itself", .object(raw)),
                .init("base", "the metric unedited", .number(base, Unit(metric.quantity.unit))),
            ])
    }

    private func number(_ metric: MetricValue, _ value: Double, base: Double, _ meter: Meter) -> MeasurementValue {
        let quantity = metric.quantity
        let change =
            "change \(NumberText.signed(value - base, decimals: 5)) \(quantity.unit) as \(formatName)"
        return MeasurementValue(
            label: metric.label, value: value - base, unit: quantity.unit, direction: quantity.direction,
            n: meter.corpus.items.count, of: "items", error: nil,
            parts: [.init("raw", "the metric itself", value), .init("base", "the metric unedited", base)],
            lines: [[change, quantity.direction.phrase, meter.subject].joined(separator: " · ")])
    }

    private var formatName: String { (try? call["as"]?.asText()) ?? "quantized" }
}

/// A metric over a corpus, of one edited copy of a model after another.
private struct Meter {
    let corpus: TokenCorpus
    private let metric: Metric
    private let engine: Engine

    init(_ metric: MetricValue, _ owner: ModelValue, _ over: BoundArgument, _ session: Session) throws {
        corpus = try over.asObject(CorpusValue.self, "corpus").tokens(for: owner)
        self.metric = try metric.metric(for: owner)
        engine = session.engine
    }

    func value(_ model: Model) throws -> Double {
        try metric.mean(over: corpus, model: model, engine: engine).value
    }

    /// What it was measured on, and how much of it.
    var subject: String {
        "n = \(corpus.items.count) \(corpus.windowLength == nil ? "items" : "windows") of \(corpus.name) · exact"
    }
}
