import Inference

/// What must hold of a model before it can be a checkpoint of any container.
struct SaveCheck {
    let model: Model
    /// The blueprint of the checkpoint it comes from.
    let declared: Blueprint

    func run() throws(BindingError) {
        try checkEdits()
        try checkOrigin()
        try checkExperts()
    }

    private func checkEdits() throws(BindingError) {
        if let layer = model.keptExperts.firstIndex(where: { $0 != nil }) {
            throw .notCarried(
                "layer \(layer)", "a restriction of its experts is in force, which weights cannot say",
                remedy: "prune removes the dropped experts for good: prune m")
        }
        if let first = model.interventions.first {
            throw .notCarried(
                first.site.name, "an intervention is in force, which weights cannot say",
                remedy: "undo the ablation or patch, or remove the part with prune")
        }
    }

    /// Everything but the number of experts is as the checkpoint declares it.
    private func checkOrigin() throws(BindingError) {
        guard uncounted(model.blueprint) != uncounted(declared) else { return }
        throw BindingError(
            code: "binding.foreign-model", subject: model.blueprint.family,
            message: "the model's blueprint is not that of the checkpoint it is saved from",
            remedy: "save the model with the checkpoint it was opened from")
    }

    private func uncounted(_ blueprint: Blueprint) -> Blueprint {
        var blueprint = blueprint
        blueprint.rotary = declared.rotary
        blueprint.tiedEmbeddings = declared.tiedEmbeddings
        for layer in blueprint.layers.indices {
            guard case .experts(_, _, let width) = blueprint.layers[layer].feedForward else { continue }
            blueprint.layers[layer].feedForward = .experts(count: 1, active: 1, width: width)
        }
        return blueprint
    }

    private func checkExperts() throws(BindingError) {
        let layers = model.blueprint.expertLayers
        guard let first = layers.first else { return }
        let count = model.blueprint.layers[first].expertCount
        for layer in layers {
            let other = model.blueprint.layers[layer]
            guard other.expertCount == count else {
                throw .notCarried(
                    "expert_count",
                    "layer \(first) has \(count) experts and layer \(layer) \(other.expertCount), but files hold one "
                        + "number",
                    remedy: "keep the same number in every layer: select scores top "
                        + "\(min(count, other.expertCount)) per layer")
            }
            guard other.activeExpertCount <= count, count > 0 else {
                throw .notCarried(
                    "expert_used_count",
                    "layer \(layer) uses \(other.activeExpertCount) experts a token and has \(other.expertCount)",
                    remedy: "keep at least \(other.activeExpertCount) experts a layer")
            }
        }
    }
}
