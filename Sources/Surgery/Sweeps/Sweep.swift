import Inference
import Scoring
import Tensors

/// One edit after another over a selection, each measured from where it departs from the unedited run.
public enum Sweep {
    /// Patches each cell from one run into another.
    /// - Throws: as `Patch` and the metric's preparation; what running throws.
    public static func patch(
        _ grid: SweepGrid, _ patch: Patch, measure metric: Metric, item: TokenItem? = nil, engine: Engine
    ) throws -> SweepResult {
        let source = try metric.value(of: patch.source, item: item, engine: engine)
        return try single(grid, patch.target, metric, item, engine, source: source) { cell in
            try changes(cell) { try patch.interventions($0, at: cell.positions) }
        }
    }

    /// Ablates each cell in one run.
    /// - Throws: as `Ablation` and the metric's preparation; what running throws.
    public static func ablate(
        _ grid: SweepGrid, in run: Run, with replacement: Replacement = .zero, measure metric: Metric,
        item: TokenItem? = nil, engine: Engine
    ) throws -> SweepResult {
        try single(grid, run, metric, item, engine, source: nil) { cell in
            try changes(cell) {
                try Ablation.interventions(
                    $0, at: cell.positions, with: replacement, of: run.model, length: run.tokens.count)
            }
        }
    }

    /// Which prompt of an item lends its activations.
    public enum Source: Sendable {
        /// The clean prompt, into the corrupted one: what suffices to restore.
        case clean
        /// The corrupted prompt, into the clean one: what is needed.
        case corrupt
    }

    /// Patches each cell for every item of a corpus, between its clean and its corrupted prompt, and averages.
    /// - Throws: `SurgeryError` for prompts of unequal length, `ScoringError` for an item without a corrupted one.
    public static func patch(
        _ grid: SweepGrid, _ model: Model, over corpus: TokenCorpus, from source: Source, measure metric: Metric,
        engine: Engine, progress: ((Int) -> Void)? = nil
    ) throws -> SweepResult {
        var (total, weight) = (0.0, 0)
        func tokens(_ item: TokenItem, _ isClean: Bool) throws -> [Int] {
            isClean ? item.tokens : try item.corruptTokens(in: corpus.name)
        }
        let isFromClean = source == .clean
        let means = try engine.means(
            of: metric, model, over: corpus, tokens: { try tokens($0, !isFromClean) },
            variants: { number, run in
                let item = corpus.items[number]
                let lender = try engine.run(model, tokens: try tokens(item, isFromClean))
                let ready = try metric.prepared(for: lender.tokens, item: item, model: model, engine: engine)
                total += ready.value(lender.logits(at: ready.positions)) * Double(ready.weight)
                weight += ready.weight
                let patch = try Patch(from: lender, into: run)
                return try grid.cells.map { cell in
                    try cell.map { cell in try changes(cell) { try patch.interventions($0, at: cell.positions) } } ?? []
                }
            }, progress: progress)
        return result(grid, means, metric, source: total / Double(weight))
    }

    /// Ablates each cell for every item of a corpus, and averages.
    /// - Throws: as `Ablation` and the metric's preparation; what running throws.
    public static func ablate(
        _ grid: SweepGrid, _ model: Model, over corpus: TokenCorpus, with replacement: Replacement = .zero,
        measure metric: Metric, engine: Engine, progress: ((Int) -> Void)? = nil
    ) throws -> SweepResult {
        let means = try engine.means(
            of: metric, model, over: corpus,
            variants: { number, run in
                try grid.cells.map { cell in
                    try cell.map { cell in
                        try changes(cell) {
                            try Ablation.interventions(
                                $0, at: cell.positions, with: replacement, of: model, length: run.tokens.count,
                                item: number)
                        }
                    } ?? []
                }
            }, progress: progress)
        return result(grid, means, metric, source: nil)
    }

    /// A cell's interventions; where its expert has no value to put in, one that acts nowhere and costs little.
    static func changes(
        _ cell: SweepGrid.Cell, _ make: ([Target]) throws -> [Intervention]
    ) throws -> [Intervention] {
        do { return try make(cell.targets) } catch let error as SurgeryError where error.code == "edit.silent" {
            return cell.targets.map { Intervention(site: $0.site, part: $0.part, positions: [], action: .zero) }
        }
    }

    private static func single(
        _ grid: SweepGrid, _ run: Run, _ metric: Metric, _ item: TokenItem?, _ engine: Engine, source: Double?,
        _ changes: (SweepGrid.Cell) throws -> [Intervention]
    ) throws -> SweepResult {
        let ready = try metric.prepared(for: run.tokens, item: item, model: run.model, engine: engine)
        let places = grid.cells.indices.filter { grid.cells[$0] != nil }
        let variants = try places.map { place in try grid.cells[place].map(changes) ?? [] }
        var values = [Double](repeating: .nan, count: grid.cells.count)
        var fired = grid.cells.map { _ in 0 }
        let cost = try engine.sweep(run, variants: variants, logitsAt: ready.positions) { outcome in
            values[places[outcome.index]] = ready.value(outcome.logits)
            fired[places[outcome.index]] = outcome.fired.reduce(0, +)
        }
        let means = VariantMeans(
            base: ready.value(run.logits(at: ready.positions)), variants: values, fired: fired, n: 1, cost: cost)
        return result(grid, means, metric, source: source)
    }

    static func result(
        _ grid: SweepGrid, _ means: VariantMeans, _ metric: Metric, source: Double?
    ) -> SweepResult {
        var warnings: [String] = []
        var normalization: Normalization?
        if let source {
            do {
                normalization = try Normalization(clean: source, corrupt: means.base, metric: metric.label)
            } catch { warnings.append(error.description) }
        }
        let isSilent = grid.cells.indices.map { grid.cells[$0] == nil || means.fired[$0] == 0 }
        let silent = zip(grid.cells, isSilent).compactMap { cell, isSilent in
            isSilent ? cell.map { $0.targets.map(\.label).joined(separator: "+") } : nil
        }
        return SweepResult(
            grid: grid, cells: zip(means.variants, isSilent).map { $1 ? .nan : $0 }, base: means.base, source: source,
            normalization: normalization, silent: silent, warnings: warnings, label: metric.label, unit: metric.unit,
            direction: metric.direction, n: means.n, cost: means.cost)
    }
}
