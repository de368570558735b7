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
        let weights = Rows(x.count, width: slots)
        let rule = pass.blueprint.router
        let indices = [Int](unsafeUninitializedCapacity: x.count * slots) { buffer, written in
            written = buffer.count
            guard let indices = buffer.baseAddress else { return }
            share(x.count, width: logits.width * slots) { part in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: logits.width) { scratch in
                    guard let scratch = scratch.baseAddress else { return }
                    for row in part {
                        let (chosen, shares) = (indices + row * slots, weights[row])
                        choose(logits[row], logits.width, among: kept, slots, rule, scratch, into: chosen, shares)
                    }
                }
            }
        }
        if let kept { blank(logits, except: kept) }
        pass.keep(Site(.routerLogits, layer: layer), logits)
        pass.keep(Site(.expertIndices, layer: layer), Rows(indices.map(Float.init), width: slots))
        pass.visit(.expertWeights, layer, weights)
        return Routing(slotCount: slots, logits: logits, indices: indices, weights: weights)
    }

    /// The chosen entries of one row, largest first, and their weights.
    /// - Parameter scratch: memory for as many values as logits.
    private func choose(
        _ logits: UnsafePointer<Float>, _ count: Int, among kept: [Int]?, _ slots: Int, _ rule: RouterRule,
        _ scratch: UnsafeMutablePointer<Float>, into chosen: UnsafeMutablePointer<Int>,
        _ weights: UnsafeMutablePointer<Float>
    ) {
        let candidates = kept?.count ?? count
        if let kept {
            for (place, expert) in kept.enumerated() { scratch[place] = logits[expert] }
        } else {
            scratch.update(from: logits, count: count)
        }
        switch rule {
        case .softmaxOfChosen:
            compute.topIndices(scratch, count: candidates, k: slots, into: chosen)
            for slot in 0..<slots { weights[slot] = scratch[chosen[slot]] }
            compute.softmax(weights, count: slots, into: weights)
        case .chosenOfSoftmax(let normalized):
            compute.softmax(scratch, count: candidates, into: scratch)
            compute.topIndices(scratch, count: candidates, k: slots, into: chosen)
            for slot in 0..<slots { weights[slot] = scratch[chosen[slot]] }
            if normalized {
                let total = UnsafeBufferPointer(start: weights, count: slots).reduce(0, +)
                for slot in 0..<slots { weights[slot] /= total }
            }
        }
        if let kept {
            for slot in 0..<slots { chosen[slot] = kept[chosen[slot]] }
        }
    }

    private func blank(_ logits: Rows, except kept: [Int]) {
        let keptSet = Set(kept)
        for expert in 0..<logits.width where !keptSet.contains(expert) {
            for row in 0..<logits.count { logits[row][expert] = .nan }
        }
    }
}
