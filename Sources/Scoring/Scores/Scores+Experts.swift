import Inference
import Kernels

extension Scores {
    /// Scores a model's experts by several criteria in one pass over a corpus; ablation takes passes of its own.
    /// - Parameters:
    ///   - corpus: What to measure over; may be nil if every criterion is of the weights alone.
    ///   - layers: The layers to score; all with experts unless given. The others become holes.
    /// - Returns: One set of scores a criterion, in their order.
    /// - Throws: `ScoringError` without experts or a corpus that is needed; what running throws.
    public static func experts(
        of model: Model, by criteria: [Criterion], over corpus: TokenCorpus?, layers: [Int]? = nil, engine: Engine,
        progress: ((Int) -> Void)? = nil
    ) throws -> [Scores] {
        let blueprint = model.blueprint
        let wanted = Set(layers ?? blueprint.expertLayers)
        guard !blueprint.expertLayers.isEmpty else { throw ScoringError.noExperts(blueprint.family, "score") }
        if corpus == nil, let needy = criteria.first(where: \.needsCorpus) {
            throw ScoringError(
                code: "criterion.corpus", subject: needy.name,
                message: "it is measured over a corpus, and none is given",
                remedy: "add over CORPUS")
        }
        var tally = ExpertTally(criteria, blueprint)
        if let corpus, criteria.contains(where: \.needsCorpus) {
            var request = ScanRequest(sequences: corpus.items.map(\.tokens)) { _ in [] }
            request.progress = progress
            request.observer = { seen, _ in tally.add(seen, engine.compute.pool) }
            try engine.scan(model, request) { _ in }
        }
        return try criteria.enumerated().map { number, criterion in
            let rows: [[Double]?]
            switch criterion.method {
            case .weights(let score):
                rows = blueprint.layers.indices.map { wanted.contains($0) ? score(model, $0, engine.compute) : nil }
            case .routed:
                rows = tally.scores(number)
            case .ablation:
                let all = blueprint.expertLayers.filter(wanted.contains)
                rows = try corpus.map { try ablated(model, all, over: $0, engine, progress) } ?? []
            }
            return Scores(
                criterion: criterion.name, axis: "expert",
                values: rows.enumerated().map { wanted.contains($0) ? $1 : nil },
                counts: criterion.needsCorpus ? tally.counts.enumerated().map { wanted.contains($0) ? $1 : nil } : nil,
                unit: criterion.unit, direction: criterion.direction,
                corpus: criterion.needsCorpus ? corpus?.name : nil,
                tokenCount: criterion.needsCorpus ? corpus?.tokenCount ?? 0 : 0)
        }
    }

    private static func ablated(
        _ model: Model, _ layers: [Int], over corpus: TokenCorpus, _ engine: Engine, _ progress: ((Int) -> Void)?
    ) throws -> [[Double]?] {
        let places = layers.flatMap { layer in (0..<model.blueprint.layers[layer].expertCount).map { (layer, $0) } }
        let rises = try engine.lossRises(
            model, over: corpus, variants: places.map { [.dropping(expert: $1, layer: $0)] }, progress: progress)
        var rows: [[Double]?] = model.blueprint.layers.map { _ in nil }
        for ((layer, _), rise) in zip(places, rises) { rows[layer, default: []].append(rise) }
        return rows
    }

    /// Scores a model's heads by the rise of the loss when a head's mixture of values is zero.
    /// - Throws: what running throws.
    public static func heads(
        of model: Model, over corpus: TokenCorpus, layers: [Int]? = nil, engine: Engine,
        progress: ((Int) -> Void)? = nil
    ) throws -> Scores {
        let wanted = layers ?? Array(model.blueprint.layers.indices)
        let places = wanted.flatMap { layer in (0..<model.blueprint.headCount).map { (layer, $0) } }
        let variants = places.map { layer, head in
            [Intervention(site: Site(.z, layer: layer), part: .heads([head]), action: .zero)]
        }
        let rises = try engine.lossRises(model, over: corpus, variants: variants, progress: progress)
        var rows: [[Double]?] = model.blueprint.layers.map { _ in nil }
        for ((layer, _), rise) in zip(places, rises) { rows[layer, default: []].append(rise) }
        return Scores(
            criterion: Criterion.ablation.name, axis: "head", values: rows, unit: "nats/token", direction: .higher,
            corpus: corpus.name, tokenCount: corpus.tokenCount)
    }
}

extension [[Double]?] {
    fileprivate subscript(layer: Int, default row: [Double]) -> [Double] {
        get { self[layer] ?? row }
        set { self[layer] = newValue }
    }
}

extension Intervention {
    /// Takes an expert out of its layer's choice, as a restriction does: its logit becomes minus infinity.
    public static func dropping(expert: Int, layer: Int) -> Intervention {
        Intervention(
            site: Site(.routerLogits, layer: layer), part: .experts([expert]), action: .constant([-.infinity]))
    }
}
