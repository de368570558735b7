import Kernels
import Tensors

extension Engine {
    /// The residual stream behind a layer's feed-forward part.
    func fedForward(_ pass: Pass, _ layer: Int, _ middle: Rows) throws(Interrupted) -> Rows {
        let sites = [SiteKind.ln2Scale, .ln2Normalized].map { Site($0, layer: layer) }
        let norm = normed(
            middle, weight: pass.model.vector(Role(.feedForwardNorm, layer: layer), compute),
            epsilon: pass.blueprint.normEpsilon, isWhole: sites.contains { pass.capture.sites.contains($0) })
        pass.keep(sites[0], norm.scale)
        pass.keep(sites[1], norm.normalized)
        pass.keep(Site(.mlpIn, layer: layer), norm.weighted)
        let out: Rows
        switch pass.blueprint.layers[layer].feedForward {
        case .dense:
            out = dense(pass, layer, norm.weighted)
        case .experts:
            let routing = routed(pass, layer, norm.weighted)
            try Interruption.check()
            foresee(pass, behind: layer, middle)
            out = ExpertLayer(pass: pass, layer: layer, engine: self, inputs: norm.weighted, routing: routing)
                .sum(residual: middle)
            addSharedExpert(pass, layer, norm.weighted, to: out)
        }
        pass.visit(.mlpOut, layer, out)
        return sum(middle, out)
    }

    /// Adds, where the layer has one, the expert that every token uses, times the sigmoid of its own gate.
    private func addSharedExpert(_ pass: Pass, _ layer: Int, _ x: Rows, to total: Rows) {
        guard pass.blueprint.layers[layer].sharedExpertWidth != nil else { return }
        let parts: [(matrix: Role.Part, bias: Role.Part?)] = [
            (.sharedGate, nil), (.sharedUp, nil), (.sharedExpertGate, nil),
        ]
        let inner = products(pass, x, parts, layer: layer)
        let (gate, up, weight) = (inner[0], inner[1], inner[2])
        pass.visit(.sharedPre, layer, gate)
        pass.visit(.sharedPreLinear, layer, up)
        let post = activated(pass.blueprint.activation, gate: gate, up: up)
        pass.visit(.sharedPost, layer, post)
        let out = product(pass, post, .sharedDown, bias: nil, layer: layer)
        pass.visit(.sharedOut, layer, out)
        compute.sigmoid(weight.pointer, count: weight.count, into: weight.pointer)
        pass.visit(.sharedWeight, layer, weight)
        withExtendedLifetime((out, weight)) {
            share(total.count, width: total.width) { rows in
                for row in rows {
                    compute.addScaled(out[row], count: total.width, weight: weight[row][0], to: total[row])
                }
            }
        }
    }

    private func dense(_ pass: Pass, _ layer: Int, _ x: Rows) -> Rows {
        let inner = products(pass, x, [(.gate, .gateBias), (.up, .upBias)], layer: layer)
        let (gate, up) = (inner[0], inner[1])
        pass.visit(.densePre, layer, gate)
        pass.visit(.densePreLinear, layer, up)
        let post = activated(pass.blueprint.activation, gate: gate, up: up)
        pass.visit(.densePost, layer, post)
        return product(pass, post, .down, bias: .downBias, layer: layer)
    }
}
