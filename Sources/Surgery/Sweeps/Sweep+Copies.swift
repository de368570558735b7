import Inference
import Scoring
import Tensors

/// A copy of a model with other weights, made when its turn comes.
public struct WeightVariant {
    /// The first layer that differs; nil if the embedding does, the number of layers if only what follows them does.
    public let firstLayer: Int?
    /// Makes the copy.
    public let make: () throws -> Model

    public init(from firstLayer: Int?, make: @escaping () throws -> Model) {
        self.firstLayer = firstLayer
        self.make = make
    }

    /// The first layer that differs when these roles' weights do.
    public static func firstLayer(of roles: some Sequence<Role>, in model: Model) -> Int? {
        var first: Int? = model.blueprint.layers.count
        for role in roles {
            // Tied embeddings are the output, too, but they enter first.
            if role.part == .embedding { return nil }
            if let layer = role.layer { first = min(first ?? layer, layer) }
        }
        return first
    }
}

extension Sweep {
    /// Residual streams and logits that are held at once, of items that are run together.
    /// - Units: bytes.
    private static let heldBytes = 256 << 20

    /// Measures copies of a model over a corpus, one after another, each alone and from the layer on at which it differs.
    ///
    /// The values are those of full passes over each copy.
    /// - Parameter variants: The copies; nil stays a hole.
    /// - Returns: The means over items, or over tokens of what is itself a mean over positions.
    /// - Throws: what making a copy, preparing the metric and running throw; `Interrupted`.
    public static func copies(
        _ variants: [WeightVariant?], of model: Model, over corpus: TokenCorpus, measure metric: Metric,
        engine: Engine, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> VariantMeans {
        let groups = groups(of: corpus, model)
        let layerCount = model.blueprint.layers.count
        var (base, weight) = (0.0, 0)
        var sums = variants.map { $0 == nil ? Double.nan : 0 }
        var cost = SweepCost()
        var done = 0
        for items in groups {
            let runs = try items.map { try engine.run(model, tokens: corpus.items[$0].tokens) }
            let ready = try zip(items, runs).map { item, run in
                try metric.prepared(for: run.tokens, item: corpus.items[item], model: model, engine: engine)
            }
            for (run, ready) in zip(runs, ready) {
                base += ready.value(run.logits(at: ready.positions)) * Double(ready.weight)
                weight += ready.weight
            }
            for (index, variant) in variants.enumerated() {
                progress(done, groups.count * variants.count)
                done += 1
                guard let variant else { continue }
                try Interruption.check()
                let logits = try engine.logits(
                    try variant.make(), resuming: runs, from: variant.firstLayer, at: ready.map(\.positions))
                for (ready, logits) in zip(ready, logits) {
                    sums[index] += ready.value(logits) * Double(ready.weight)
                }
                let tokens = runs.reduce(0) { $0 + $1.tokens.count }
                cost.computedCells += tokens * (layerCount - (variant.firstLayer ?? 0))
                cost.fullCells += tokens * layerCount
            }
        }
        let count = Double(max(1, weight))
        return VariantMeans(
            base: base / count, variants: sums.map { $0 / count }, fired: variants.map { $0 == nil ? 0 : 1 },
            n: weight, cost: cost)
    }

    /// Items in runs that are held together: one, or as many as room is for.
    private static func groups(of corpus: TokenCorpus, _ model: Model) -> [[Int]] {
        let blueprint = model.blueprint
        let keyValues = 2 * blueprint.keyValueHeadCount * blueprint.headDimension
        // Besides what a run keeps of each layer: logits of the run, of a copy, and of what a divergence is from.
        let perToken = 4 * (blueprint.layers.count * (blueprint.hiddenSize + keyValues) + 3 * blueprint.vocabularyCount)
        var groups: [[Int]] = []
        var bytes = 0
        for (index, item) in corpus.items.enumerated() {
            let size = item.tokens.count * perToken
            if groups.isEmpty || bytes + size > heldBytes {
                groups.append([])
                bytes = 0
            }
            groups[groups.count - 1].append(index)
            bytes += size
        }
        return groups
    }
}
