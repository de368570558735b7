import Tensors

extension Run {
    /// The value of a site at every position.
    /// - Shape: as the site's row of the site table says.
    /// - Throws: `InferenceError` if the model has no such site, or an expert was chosen at no position; `Interrupted`.
    public func value(of site: Site) throws -> Tensor {
        try model.blueprint.check(site)
        let rows = try rows(of: site)
        return rows.tensor(site, blueprint: model.blueprint)
    }

    /// The rows of a site; for scores and pattern row `head × positions + query`.
    func rows(of site: Site) throws -> Rows {
        let last = residuals[residuals.count - 1]
        switch site.kind {
        case .embed: return try recomputed(site, layer: nil)
        case .finalScale: return engine.finalNorm(model, last).scale
        case .finalNormalized: return engine.finalNorm(model, last).normalized
        case .logits: return engine.logits(model, last)
        case .residPre: return residuals[site.layer ?? 0]
        default: return try recomputed(site, layer: site.layer)
        }
    }

    /// Runs the site's layer again from the residual stream entering it.
    private func recomputed(_ site: Site, layer: Int?) throws -> Rows {
        var lane = Lane(tokens: tokens, first: 0, start: .tokens, interventions: interventions)
        if let layer {
            lane.start = .residPre(residuals[layer])
            lane.interventions.removeAll { $0.site == Site(.residPre, layer: layer) }
        }
        let layers = layer.map { $0..<$0 + 1 } ?? 0..<0
        var capture = Capture(sites: [site])
        capture.endsBeforeFeedForward = site.kind.rawValue <= SiteKind.residMid.rawValue
        let results = try engine.forward(model, lanes: [lane], layers: layers, capture: capture)
        guard let rows = results[0].captured[site] else {
            throw InferenceError(
                code: "site.silent", subject: site.name,
                message: "expert \(site.expert ?? 0) of layer \(site.layer ?? 0) was chosen at no position of this run",
                remedy: "see which experts were chosen with the site expert-indices of the layer")
        }
        return rows
    }
}

extension Rows {
    /// The rows as a tensor with the axes of a site.
    func tensor(_ site: Site, blueprint: Blueprint) -> Tensor {
        let axes = site.row.axes
        switch axes {
        case ["head", "query", "key"]:
            return Tensor(
                shape: [blueprint.headCount, count / blueprint.headCount, width], axes: axes, values: values(0..<count))
        case _ where axes.count == 3:
            let shape = [width / blueprint.headDimension, blueprint.headDimension]
            return tensor(0..<count, shape: shape, axes: axes)
        default:
            return tensor(0..<count, shape: [width], axes: axes)
        }
    }
}

extension Blueprint {
    /// Returns if the model has the site.
    /// - Throws: `InferenceError` naming what there is instead.
    public func check(_ site: Site) throws(InferenceError) {
        let name = site.row.name
        if name.contains("{l}") {
            let layer = site.layer ?? -1
            guard layers.indices.contains(layer) else {
                throw missing(site, "there is no layer \(layer)", "layers are 0…\(layers.count - 1)")
            }
            let experts = layers[layer].expertCount
            if let expert = site.expert, name.contains("{e}"), experts > 0, !(0..<experts).contains(expert) {
                throw missing(site, "layer \(layer) has no expert \(expert)", "experts are 0…\(experts - 1)")
            }
            if Self.expertKinds.contains(site.kind), experts == 0 {
                throw missing(site, "layer \(layer) has no experts", "layers with experts: \(expertLayers)")
            }
            if Self.denseKinds.contains(site.kind), experts > 0 {
                throw missing(
                    site, "layer \(layer) has experts, not one feed-forward block",
                    "use blocks.\(layer).mlp.experts.{e}.hook_pre, hook_post or hook_out")
            }
            if Self.sharedKinds.contains(site.kind), layers[layer].sharedExpertWidth == nil {
                let others = layers.indices.filter { layers[$0].sharedExpertWidth != nil }
                throw missing(
                    site, "layer \(layer) has no shared expert", "layers with a shared expert: \(others)")
            }
        }
    }

    private static let expertKinds: Set<SiteKind> = [
        .routerLogits, .expertIndices, .expertWeights, .expertPre, .expertPreLinear, .expertPost, .expertOut,
    ]
    private static let denseKinds: Set<SiteKind> = [.densePre, .densePreLinear, .densePost]
    private static let sharedKinds: Set<SiteKind> = [
        .sharedPre, .sharedPreLinear, .sharedPost, .sharedOut, .sharedWeight,
    ]

    private func missing(_ site: Site, _ message: String, _ remedy: String) -> InferenceError {
        InferenceError(code: "site.missing", subject: site.name, message: message, remedy: remedy)
    }
}
