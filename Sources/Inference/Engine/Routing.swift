import Kernels

/// Which experts each row of a pass uses, and how much each counts.
struct Routing {
    let slotCount: Int
    /// - Shape: [row, expert].
    let logits: Rows
    /// - Shape: [row × slot].
    let indices: [Int]
    /// - Shape: [row, slot].
    let weights: Rows
}

extension Engine {
    /// Routes a layer's rows.
    ///
    /// Under a restriction the logits of the kept experts are put side by side first and the family's rule runs over those:
    /// the sums of a softmax then go in the order they will go in once the others are pruned.
    func routed(_ pass: Pass, _ layer: Int, _ x: Rows) -> Routing {
        let logits = product(pass, x, .router, bias: .routerBias, layer: layer)
        pass.visit(.routerLogits, layer, logits)
        let kept = pass.model.keptExperts[layer]
        let slots = min(pass.blueprint.layers[layer].activeExpertCount, kept?.count ?? logits.width)
        var indices: [Int] = []
        indices.reserveCapacity(x.count * slots)
        let weights = Rows(x.count, width: slots)
        for row in 0..<x.count {
            let rule = pass.blueprint.router
            guard let kept else {
                indices += choose(logits[row], count: logits.width, slots: slots, rule: rule, into: weights[row])
                continue
            }
            let compact = kept.map { logits[row][$0] }
            indices += choose(compact, count: compact.count, slots: slots, rule: rule, into: weights[row]).map {
                kept[$0]
            }
        }
        if let kept { blank(logits, except: kept) }
        pass.keep(Site(.routerLogits, layer: layer), logits)
        pass.keep(Site(.expertIndices, layer: layer), Rows(indices.map(Float.init), width: slots))
        pass.visit(.expertWeights, layer, weights)
        return Routing(slotCount: slots, logits: logits, indices: indices, weights: weights)
    }

    /// The chosen entries of one row, largest first, and their weights.
    private func choose(
        _ logits: UnsafePointer<Float>, count: Int, slots: Int, rule: RouterRule,
        into weights: UnsafeMutablePointer<Float>
    ) -> [Int] {
        switch rule {
        case .softmaxOfChosen:
            let chosen = compute.topIndices(logits, count: count, k: slots)
            compute.softmax(chosen.map { logits[$0] }, count: slots, into: weights)
            return chosen
        case .chosenOfSoftmax(let normalized):
            var probabilities = [Float](repeating: 0, count: count)
            compute.softmax(logits, count: count, into: &probabilities)
            let chosen = compute.topIndices(probabilities, count: count, k: slots)
            let total = normalized ? chosen.reduce(Float(0)) { $0 + probabilities[$1] } : 1
            for (slot, index) in chosen.enumerated() { weights[slot] = probabilities[index] / total }
            return chosen
        }
    }

    private func blank(_ logits: Rows, except kept: [Int]) {
        let keptSet = Set(kept)
        for expert in 0..<logits.width where !keptSet.contains(expert) {
            for row in 0..<logits.count { logits[row][expert] = .nan }
        }
    }
}
