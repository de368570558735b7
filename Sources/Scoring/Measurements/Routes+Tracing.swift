import Inference

extension Routes {
    /// Runs a model over a corpus and watches its routers.
    /// - Throws: `ScoringError` if the model has no experts; what running throws.
    public static func trace(
        _ model: Model, over corpus: TokenCorpus, engine: Engine, progress: ((Int) -> Void)? = nil
    ) throws -> Routes {
        let blueprint = model.blueprint
        guard !blueprint.expertLayers.isEmpty else { throw ScoringError.noExperts(blueprint.family, "trace") }
        let rest = corpus.families.isEmpty ? "all" : "other"
        let hasRest = corpus.items.contains { $0.family == nil }
        let families = corpus.families + (hasRest ? [rest] : [])
        let numbers = corpus.items.map { item in families.firstIndex(of: item.family ?? rest) ?? 0 }
        var layers = blueprint.expertLayers.map { layer in
            let experts = blueprint.layers[layer].expertCount
            return Layer(
                layer: layer, expertCount: experts, slotCount: blueprint.layers[layer].activeExpertCount,
                counts: families.map { _ in Array(repeating: 0, count: experts) },
                gateMass: Array(repeating: 0, count: experts),
                coactivation: Array(repeating: Array(repeating: 0, count: experts), count: experts),
                margins: Quantiles([]), meanMargin: .nan)
        }
        let places = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1.layer, $0) })
        var margins: [[Float]] = layers.map { _ in [] }
        var request = ScanRequest(sequences: corpus.items.map(\.tokens)) { _ in [] }
        request.progress = progress
        request.observer = { seen, base in
            guard let place = places[seen.layer] else { return }
            for row in seen.lanes.indices {
                let sequence = base + seen.lanes[row]
                let token = corpus.items[sequence].tokens[seen.positions[row]]
                layers[place].count(seen, row: row, family: numbers[sequence], token: token)
                if let margin = seen.margin(row) { margins[place].append(margin) }
            }
        }
        try engine.scan(model, request) { _ in }
        for place in layers.indices {
            layers[place].meanMargin =
                margins[place].reduce(0.0) { $0 + Double($1) } / Double(margins[place].count)
            layers[place].margins = Quantiles(margins[place])
        }
        return Routes(
            layers: layers, layerCount: blueprint.layers.count, families: families, tokenCount: corpus.tokenCount,
            corpus: corpus.name)
    }
}

extension Routes.Layer {
    fileprivate mutating func count(_ seen: ExpertObservation, row: Int, family: Int, token: Int) {
        let chosen = seen.indices[row * seen.slotCount..<(row + 1) * seen.slotCount]
        for (slot, expert) in chosen.enumerated() {
            counts[family][expert] += 1
            choices.append(UInt16(clamping: expert))
            gateMass[expert] += Double(seen.weights[row * seen.slotCount + slot])
            byToken[token * expertCount + expert, default: 0] += 1
            for other in chosen { coactivation[expert][other] += 1 }
        }
    }
}

extension ExpertObservation {
    /// How far the last chosen expert of a row is ahead of the first that was not; nil if none was left out.
    fileprivate func margin(_ row: Int) -> Float? {
        let count = logits.count / lanes.count
        let chosen = indices[row * slotCount..<(row + 1) * slotCount]
        guard let last = chosen.last else { return nil }
        var best: Float?
        for expert in 0..<count where !chosen.contains(expert) {
            let logit = logits[row * count + expert]
            if !logit.isNaN, best.map({ logit > $0 }) ?? true { best = logit }
        }
        return best.map { logits[row * count + last] - $0 }
    }
}

extension ScoringError {
    static func noExperts(_ family: String, _ verb: String) -> ScoringError {
        ScoringError(
            code: "model.dense", subject: verb, message: "this \(family) model has no layer with experts",
            remedy: "use a Mixture-of-Experts checkpoint")
    }
}
