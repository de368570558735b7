import Inference
import Language
import Plots
import Scoring
import Surgery
import Tensors

/// What a sweep measured, as values of the language.
struct SweepReport {
    let result: SweepResult
    let metric: MetricValue
    let selection: Selection
    /// Whether the selection was swept over.
    let isEach: Bool
    /// The runs that were edited; nil where a model was run over a corpus.
    let runs: RunValue?
    /// How it was computed.
    let arithmetic: Arithmetic

    /// What the two runs of a patch are called.
    struct Ends {
        let from: String
        let into: String

        /// The names of two variables, else plain words.
        init(from: String, into: String) {
            let isName = { (text: String) in text.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) } }
            let areNames = isName(from) && isName(into) && from != into
            self.from = areNames ? from : "from"
            self.into = areNames ? into : "into"
        }
    }

    // MARK: Patches

    /// A patch sweep: the share of the gap that each cell restores.
    func patchedArray(_ ends: Ends, isRaw: Bool) -> TensorValue {
        let source = result.source ?? .nan
        let scale = "0 \(ends.into) … 1 \(ends.from)"
        let gap = "\(ends.from) \(signed(source))   \(ends.into) \(signed(result.base))"
        let raw = array(
            result.tensor, title: result.label, notes: ["\(gap)   \(result.unit), \(result.direction.phrase)"],
            unit: result.unit)
        let shares = result.normalized.map {
            array($0, title: result.label, notes: ["\(gap)   restored: \(scale)"], unit: "restored")
        }
        var companions = [TensorValue.Companion("raw", "the metric itself", .object(raw))]
        if let shares { companions.append(.init("normalized", "the share of the gap restored", .object(shares))) }
        for (name, value) in [("from", source), ("into", result.base), (ends.from, source), (ends.into, result.base)]
        where !TensorValue.memberNames.contains(name) && !companions.contains(where: { $0.name == name }) {
            companions.append(.init(name, "the metric of the run of that name", number(value)))
        }
        let shown = isRaw ? raw : shares ?? raw
        return TensorValue(
            shown.tensor, title: shown.title, notes: shown.notes, unit: shown.unit, labels: shown.labels,
            footer: shown.footer, companions: companions)
    }

    /// A single patch: the share of the gap that it restores.
    func patchedNumber(_ ends: Ends, isRaw: Bool, of from: RunValue) -> MeasurementValue {
        let raw = result.cells.first ?? .nan
        let share = result.normalization?(raw)
        let source = result.source ?? .nan
        var parts = [
            MeasurementValue.Part("raw", "the metric itself", raw, unit: result.unit),
            .init("from", "the metric of the run patched from", source, unit: result.unit),
            .init("into", "the metric of the run patched into", result.base, unit: result.unit),
        ]
        if let share { parts.append(.init("normalized", "the share of the gap restored", share, unit: "restored")) }
        for (name, value) in [(ends.from, source), (ends.into, result.base)]
        where !MeasurementValue.memberNames.contains(name) && !parts.contains(where: { $0.name == name }) {
            parts.append(.init(name, "the metric of the run of that name", value, unit: result.unit))
        }
        let restored = share.map { "restored \(NumberText.fixed($0, decimals: 4)): 0 \(ends.into) … 1 \(ends.from)" }
        let facts =
            ["patched \(MeasurementValue.shown(raw)) \(result.unit)", result.direction.phrase]
            + [restored, counted, arithmetic.name].compactMap(\.self)
        return MeasurementValue(
            label: result.label, value: isRaw ? raw : share ?? raw,
            unit: isRaw || share == nil ? result.unit : "restored",
            direction: isRaw ? result.direction : .higher, n: result.n, of: unitOfCount, error: nil,
            arithmetic: arithmetic, parts: parts,
            lines: [
                "\(result.label)   \(ends.from) \(signed(source))   \(ends.into) \(signed(result.base))",
                facts.joined(separator: " · "),
            ] + notes)
    }

    // MARK: Ablations

    /// An ablation sweep: how each cell changes the metric.
    func ablatedArray(_ replacement: String) -> TensorValue {
        let line =
            "unedited \(MeasurementValue.shown(result.base)) \(result.unit)   change when ablated with \(replacement)   \(result.direction.phrase)"
        let change = Tensor(
            shape: result.grid.shape, axes: result.grid.axes, values: result.cells.map { Float($0 - result.base) })
        let raw = array(result.tensor, title: result.label, notes: [line], unit: result.unit)
        return array(
            change, title: "\(result.label): change", notes: [line], unit: result.unit,
            companions: [
                .init("raw", "the metric itself", .object(raw)),
                .init("base", "the metric without the ablation", number(result.base)),
            ])
    }

    /// A single ablation: how it changes the metric.
    func ablatedNumber(_ replacement: String) -> MeasurementValue {
        let raw = result.cells.first ?? .nan
        let change = raw - result.base
        let facts = [
            "change \(NumberText.signed(change, decimals: 4)) \(result.unit) when ablated with \(replacement)",
            result.direction.phrase, counted, arithmetic.name,
        ]
        return MeasurementValue(
            label: result.label, value: change, unit: result.unit, direction: result.direction, n: result.n,
            of: unitOfCount,
            error: nil, arithmetic: arithmetic,
            parts: [
                .init("raw", "the metric itself", raw), .init("base", "the metric without the ablation", result.base),
            ],
            lines: [
                "\(result.label)   \(MeasurementValue.shown(raw))   unedited \(MeasurementValue.shown(result.base)) \(result.unit)",
                facts.joined(separator: " · "),
            ] + notes)
    }

    /// - Throws: `LanguageError` if the only edit changed nothing.
    func checkEffect(_ span: Span) throws(LanguageError) {
        guard let name = result.silent.first else { return }
        throw LanguageError(
            code: "edit.silent", "the edit of \(name) changed nothing: no run has a value there",
            help: "See which experts a run chose with its expert-indices, or name another.", span: span)
    }

    // MARK: Parts

    private func number(_ value: Double) -> Value { .number(value, Unit(result.unit)) }

    private func signed(_ value: Double) -> String { MeasurementValue.signed(value) }

    private var counted: String { MeasurementValue.counted(result.n, unitOfCount) }

    /// What n counts.
    private var unitOfCount: String {
        if metric.isOverPositions { return "tokens" }
        return runs.map { $0.items.isEmpty ? "runs" : "items" } ?? "items"
    }

    private func array(
        _ tensor: Tensor, title: String, notes: [String], unit: String, companions: [TensorValue.Companion] = []
    ) -> TensorValue {
        let kept = tensor.axes.indices.filter { !(isEach && selection.droppedAxes.contains(tensor.axes[$0])) }
        let shaped = Tensor(
            shape: kept.map { tensor.shape[$0] }, axes: kept.map { tensor.axes[$0] }, values: tensor.values)
        return TensorValue(
            shaped, title: title, notes: notes + self.notes, unit: unit, labels: kept.map(labels), footer: [cost],
            companions: companions)
    }

    /// Names of an axis' places: layers and positions say more than a number.
    private func labels(_ axis: Int) -> [String]? {
        let places = result.grid.indices[axis]
        switch result.grid.axes[axis] {
        case "layer": return places.map { "L\($0)" }
        case "position":
            guard let runs, let run = runs.runs.first, runs.runs.count == 1 else { return places.map(String.init) }
            let names = runs.positionLabels(run)
            return places.map { names[$0] }
        default: return places.map(String.init)
        }
    }

    /// What else the edits touch, and where they came to nothing.
    private var notes: [String] {
        let targets = result.grid.cells.compactMap { $0 }.flatMap(\.targets)
        var notes: [String] = []
        for note in targets.compactMap(\.note) where !notes.contains(note) { notes.append(note) }
        if notes.count > 1 { notes = ["heads of a group share its keys and values, so their cells are equal"] }
        if !result.silent.isEmpty {
            let names = result.silent.prefix(6).joined(separator: " ") + (result.silent.count > 6 ? " …" : "")
            notes.append("nothing to change in \(result.silent.count) cells: \(names)")
        }
        return notes
    }

    /// How many, over what, at what cost.
    private var cost: String {
        let edits = result.grid.cells.filter { $0 != nil }.count
        let word = result.source == nil ? "ablations" : "patches"
        var facts = ["\(edits) \(word)"]
        if let runs {
            let tokens = runs.runs.reduce(0) { $0 + $1.tokens.count }
            if runs.runs.count > 1 { facts.append("\(runs.runs.count) \(runs.items.isEmpty ? "runs" : "items")") }
            facts.append("\(NumberText.grouped(tokens)) tokens")
        } else {
            facts.append(counted)
        }
        facts.append(arithmetic.name)
        if result.cost.fullCells > 0 {
            let share = Double(result.cost.computedCells) / Double(result.cost.fullCells)
            facts.append("recomputed \(NumberText.percent(share)) of cells")
        }
        return facts.joined(separator: " · ")
    }
}
