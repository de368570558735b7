import Inference
import Kernels
import Tensors

/// The means of a metric over a corpus, without changes and under each of several variants of the model.
public struct VariantMeans: Sendable {
    /// Without changes.
    public let base: Double
    /// Under each variant.
    public let variants: [Double]
    /// Rows each variant changed, over the whole corpus; 0 means that it never came to bear.
    public let fired: [Int]
    /// What the means are over: items, or positions of a metric that is itself a mean over positions.
    public let n: Int
    public let cost: SweepCost

    public init(base: Double, variants: [Double], fired: [Int], n: Int, cost: SweepCost) {
        self.base = base
        self.variants = variants
        self.fired = fired
        self.n = n
        self.cost = cost
    }
}

extension Engine {
    /// Measures variants of a model over a corpus: each item is run once, and each variant from where it differs on.
    /// - Parameters:
    ///   - tokens: The tokens of an item to run.
    ///   - variants: The variants for an item, given its run; as many for every item.
    ///   - progress: Called before each item with its number.
    /// - Throws: as the metric's preparation and sweeps throw.
    public func means(
        of metric: Metric, _ model: Model, over corpus: TokenCorpus,
        tokens: (TokenItem) throws -> [Int] = { $0.tokens },
        variants: (Int, Run) throws -> [[Intervention]], progress: ((Int) -> Void)? = nil
    ) throws -> VariantMeans {
        let count = corpus.items.count
        return try means(
            of: count, run: { try run(model, tokens: try tokens(corpus.items[$0])) },
            metric: { try metric.prepared(for: $1.tokens, item: corpus.items[$0], model: model, engine: self) },
            variants: variants, progress: progress)
    }

    /// Measures variants of several runs, each from where it differs on.
    /// - Parameters:
    ///   - count: How many runs; at least one.
    ///   - metric: The metric made ready for a run, given its number.
    ///   - variants: The variants of a run; as many for every run.
    ///   - progress: Called before each run with its number.
    /// - Throws: what the closures and sweeps throw.
    public func means(
        of count: Int, run: (Int) throws -> Run, metric: (Int, Run) throws -> PreparedMetric,
        variants: (Int, Run) throws -> [[Intervention]], progress: ((Int) -> Void)? = nil
    ) throws -> VariantMeans {
        var (base, weight) = (0.0, 0)
        var (sums, fired): ([Double], [Int]) = ([], [])
        var cost = SweepCost()
        for number in 0..<count {
            progress?(number)
            let run = try run(number)
            let ready = try metric(number, run)
            let changes = try variants(number, run)
            if number == 0 { (sums, fired) = (changes.map { _ in 0 }, changes.map { _ in 0 }) }
            precondition(changes.count == sums.count)
            weight += ready.weight
            base += ready.value(run.logits(at: ready.positions)) * Double(ready.weight)
            let part = try sweep(run, variants: changes, logitsAt: ready.positions) { outcome in
                sums[outcome.index] += ready.value(outcome.logits) * Double(ready.weight)
                fired[outcome.index] += outcome.fired.reduce(0, +)
            }
            cost.computedCells += part.computedCells
            cost.fullCells += part.fullCells
        }
        progress?(count)
        return VariantMeans(
            base: base / Double(weight), variants: sums.map { $0 / Double(weight) }, fired: fired, n: weight, cost: cost
        )
    }

    /// How much each variant raises the loss over a corpus.
    /// - Units: nats a token.
    func lossRises(
        _ model: Model, over corpus: TokenCorpus, variants: [[Intervention]], progress: ((Int) -> Void)? = nil
    ) throws -> [Double] {
        let means = try means(of: .loss, model, over: corpus, variants: { _, _ in variants }, progress: progress)
        return means.variants.map { $0 - means.base }
    }
}
