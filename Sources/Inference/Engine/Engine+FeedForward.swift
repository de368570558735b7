import Kernels
import Tensors

extension Engine {
    /// The residual stream behind a layer's feed-forward part.
    func fedForward(_ pass: Pass, _ layer: Int, _ middle: Rows) throws(Interrupted) -> Rows {
        let norm = normed(
            middle, weight: pass.model.vector(Role(.feedForwardNorm, layer: layer), compute) ?? [],
            epsilon: pass.blueprint.normEpsilon)
        pass.keep(Site(.ln2Scale, layer: layer), norm.scale)
        pass.keep(Site(.ln2Normalized, layer: layer), norm.normalized)
        pass.keep(Site(.mlpIn, layer: layer), norm.weighted)
        let out: Rows
        switch pass.blueprint.layers[layer].feedForward {
        case .dense(let width):
            out = dense(pass, layer, norm.weighted, width: width)
        case .experts:
            let routing = routed(pass, layer, norm.weighted)
            try Interruption.check()
            out = ExpertLayer(pass: pass, layer: layer, engine: self, inputs: norm.weighted, routing: routing)
                .sum(residual: middle)
        }
        pass.visit(.mlpOut, layer, out)
        return sum(middle, out)
    }

    private func dense(_ pass: Pass, _ layer: Int, _ x: Rows, width: Int) -> Rows {
        let gate = product(pass, x, .gate, bias: .gateBias, layer: layer)
        let up = product(pass, x, .up, bias: .upBias, layer: layer)
        pass.visit(.densePre, layer, gate)
        pass.visit(.densePreLinear, layer, up)
        let post = Rows(x.count, width: width)
        activate(
            pass.blueprint.activation, gate: gate.pointer, up: up.pointer, count: x.count * width, into: post.pointer)
        pass.visit(.densePost, layer, post)
        return product(pass, post, .down, bias: .downBias, layer: layer)
    }

    func activate(
        _ activation: Activation, gate: UnsafePointer<Float>, up: UnsafePointer<Float>, count: Int,
        into post: UnsafeMutablePointer<Float>
    ) {
        switch activation {
        case .swiglu: compute.swiglu(gate: gate, up: up, count: count, into: post)
        case .clampedSwiglu(let alpha, let limit):
            compute.clampedSwiglu(gate: gate, up: up, count: count, alpha: alpha, limit: limit, into: post)
        }
    }
}
