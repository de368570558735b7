import Kernels

extension Engine {
    /// Tells the supply which experts the next layer will likely use, so that they can be read meanwhile: those that its
    /// router chooses for what stands in the residual stream already.
    /// - Source: Eliseev and Mazur, 2023, Fast Inference of Mixture-of-Experts Language Models with Offloading.
    func foresee(_ pass: Pass, behind layer: Int, _ middle: Rows) {
        let next = layer + 1
        guard let supply, next < pass.layers.upperBound, case .experts = pass.blueprint.layers[next].feedForward else {
            return
        }
        let input = normed(
            middle, weight: pass.model.vector(Role(.feedForwardNorm, layer: next), compute),
            epsilon: pass.blueprint.normEpsilon, isWhole: false
        ).weighted
        let router = pass.model.matrix(Role(.router, layer: next))
        let bias = pass.model.vector(Role(.routerBias, layer: next), compute)
        let logits = Rows(middle.count, width: router.rows)
        withExtendedLifetime((input, bias)) {
            compute.multiply(
                input.pointer, count: middle.count, by: router, bias: bias.map { UnsafePointer($0.pointer) },
                into: logits.pointer)
        }
        let kept = pass.model.keptExperts[next] ?? Array(0..<router.rows)
        let slots = min(pass.blueprint.layers[next].activeExpertCount, kept.count)
        var counts: [Int: Int] = [:]
        for row in 0..<logits.count {
            let candidates = kept.map { logits[row][$0] }
            for place in compute.topIndices(candidates, count: candidates.count, k: slots) {
                counts[kept[place], default: 0] += 1
            }
        }
        let order = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        supply.expect(
            order.map { ExpertUse(expert: $0.key, tokens: $0.value) }, layer: next, of: pass.model)
    }
}
