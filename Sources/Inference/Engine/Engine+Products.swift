import Kernels

extension Engine {
    /// x · wᵀ + bias for the role's matrix, and its bias where the model has one.
    func product(_ pass: Pass, _ x: Rows, _ part: Role.Part, bias: Role.Part?, layer: Int) -> Rows {
        products(pass, x, [(part, bias)], layer: layer)[0]
    }

    /// The products of the same rows with several matrices, all in one parallel region.
    func products(
        _ pass: Pass, _ x: Rows, _ parts: [(matrix: Role.Part, bias: Role.Part?)], layer: Int
    ) -> [Rows] {
        let biases = parts.map { $0.bias.flatMap { pass.model.vector(Role($0, layer: layer), compute) } }
        let matrices = parts.map { pass.model.matrix(Role($0.matrix, layer: layer)) }
        let results = matrices.map { Rows(x.count, width: $0.rows) }
        let jobs = parts.indices.map { index in
            MatmulJob(
                x: x.pointer, count: x.count, matrix: matrices[index],
                bias: biases[index].map { UnsafePointer($0.pointer) },
                y: results[index].pointer)
        }
        pass.observeInputs(x.pointer, width: x.width) { parts.map { Role($0.matrix, layer: layer) } }
        withExtendedLifetime((x, matrices, biases)) { compute.multiply(jobs) }
        return results
    }

    /// The activation over pairs of gate and up.
    /// - Shape: as both, [row, channel].
    func activated(_ activation: Activation, gate: Rows, up: Rows) -> Rows {
        let post = Rows(gate.count, width: gate.width)
        withExtendedLifetime((gate, up)) {
            share(gate.count, width: gate.width) { rows in
                let (start, count) = (rows.lowerBound, rows.count * gate.width)
                switch activation {
                case .swiglu: compute.swiglu(gate: gate[start], up: up[start], count: count, into: post[start])
                case .clampedSwiglu(let alpha, let limit):
                    compute.clampedSwiglu(
                        gate: gate[start], up: up[start], count: count, alpha: alpha, limit: limit, into: post[start])
                }
            }
        }
        return post
    }

    /// Adds a residual stream to what a part of a layer gives, in place.
    func sum(_ residual: Rows, _ out: Rows) -> Rows {
        withExtendedLifetime(residual) {
            share(out.count, width: out.width) { rows in
                compute.add(residual[rows.lowerBound], count: rows.count * out.width, to: out[rows.lowerBound])
            }
        }
        return out
    }
}
