import Inference
import Scoring

extension Sweep {
    /// Patches each cell between pairs of runs, and averages over the pairs.
    /// - Parameters:
    ///   - items: The corpus items that the pairs are of, where they are of any.
    ///   - metric: What to measure on a pair, given its number.
    /// - Throws: as `Patch` and the metric's preparation; what running throws.
    public static func patch(
        _ grid: SweepGrid, _ patches: [Patch], items: [TokenItem] = [], measure metric: (Int) throws -> Metric,
        engine: Engine, progress: ((Int) -> Void)? = nil
    ) throws -> SweepResult {
        var (total, weight) = (0.0, 0)
        func prepared(_ number: Int, _ run: Run) throws -> PreparedMetric {
            try metric(number).prepared(
                for: run.tokens, item: items.isEmpty ? nil : items[number], model: run.model, engine: engine)
        }
        let means = try engine.means(
            of: patches.count, run: { patches[$0].target }, metric: prepared,
            variants: { number, _ in
                let patch = patches[number]
                let ready = try prepared(number, patch.source)
                total += ready.value(patch.source.logits(at: ready.positions)) * Double(ready.weight)
                weight += ready.weight
                return try grid.cells.map { cell in
                    try cell.map { cell in try changes(cell) { try patch.interventions($0, at: cell.positions) } } ?? []
                }
            }, progress: progress)
        return result(grid, means, try metric(0), source: total / Double(weight))
    }

    /// Ablates each cell in several runs of one model, and averages over the runs.
    /// - Parameters:
    ///   - items: The corpus items that the runs are of, where they are of any.
    ///   - metric: What to measure on a run, given its number.
    /// - Throws: as `Ablation` and the metric's preparation; what running throws.
    public static func ablate(
        _ grid: SweepGrid, in runs: [Run], items: [TokenItem] = [], with replacement: Replacement = .zero,
        measure metric: (Int) throws -> Metric, engine: Engine, progress: ((Int) -> Void)? = nil
    ) throws -> SweepResult {
        let means = try engine.means(
            of: runs.count, run: { runs[$0] },
            metric: { number, run in
                try metric(number).prepared(
                    for: run.tokens, item: items.isEmpty ? nil : items[number], model: run.model, engine: engine)
            },
            variants: { number, run in
                try grid.cells.map { cell in
                    try cell.map { cell in
                        try changes(cell) {
                            try Ablation.interventions(
                                $0, at: cell.positions, with: replacement, of: run.model, length: run.tokens.count,
                                item: number)
                        }
                    } ?? []
                }
            }, progress: progress)
        return result(grid, means, try metric(0), source: nil)
    }
}
