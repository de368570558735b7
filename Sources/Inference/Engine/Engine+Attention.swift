import Kernels

extension Engine {
    /// The residual stream behind a layer's attention.
    ///
    /// Keys and values cover all rows; queries, and everything after, only those that the layer goes on with.
    func attended(_ pass: Pass, _ layer: Int, _ x: Rows, isEntry: Bool = false) -> Rows {
        pass.visit(.residPre, layer, x, isEntry: isEntry)
        pass.keepResidual(layer, x)
        let inputs = attentionInputs(pass, layer, x)
        let own = keysAndValues(pass, layer, inputs)
        let kept = pass.narrow(in: layer)
        let queries = self.queries(pass, layer, kept.map(inputs.gathered) ?? inputs)
        let sinks = pass.model.vector(Role(.sinks, layer: layer), compute)
        let attention = LayerAttention(
            pass: pass, layer: layer, engine: self, queries: queries, own: own, sinks: sinks)
        return projected(pass, layer, z: attention.mixed(), residPre: kept.map(x.gathered) ?? x)
    }

    /// The residual stream behind attention: heads' mixtures through the output projection, added to what entered.
    func projected(_ pass: Pass, _ layer: Int, z: Rows, residPre: Rows, isEntry: Bool = false) -> Rows {
        pass.visit(.z, layer, z, isEntry: isEntry)
        let out = product(pass, z, .attentionOutput, bias: .attentionOutputBias, layer: layer)
        pass.visit(.attnOut, layer, out)
        return sum(residPre, out)
    }

    private func attentionInputs(_ pass: Pass, _ layer: Int, _ x: Rows) -> Rows {
        let sites = [SiteKind.ln1Scale, .ln1Normalized].map { Site($0, layer: layer) }
        let norm = normed(
            x, weight: pass.model.vector(Role(.attentionNorm, layer: layer), compute),
            epsilon: pass.blueprint.normEpsilon, isWhole: sites.contains { pass.capture.sites.contains($0) })
        pass.keep(sites[0], norm.scale)
        pass.keep(sites[1], norm.normalized)
        pass.keep(Site(.attnIn, layer: layer), norm.weighted)
        return norm.weighted
    }

    /// Keys and values in the form that a cache keeps, which is the only one that queries read.
    private func keysAndValues(_ pass: Pass, _ layer: Int, _ inputs: Rows) -> KeysAndValues<KeptRows> {
        let both = products(pass, inputs, [(.key, .keyBias), (.value, .valueBias)], layer: layer)
        let (keys, values) = (both[0], both[1])
        arrange(pass, keys)
        pass.visit(.key, layer, keys)
        pass.visit(.value, layer, values)
        turn(pass, keys, heads: pass.blueprint.keyValueHeadCount, norm: Role(.keyNorm, layer: layer))
        pass.visit(.rotatedKey, layer, keys)
        let own = KeysAndValues(keys: kept(pass, layer, keys), values: kept(pass, layer, values))
        pass.keep(own)
        return own
    }

    private func queries(_ pass: Pass, _ layer: Int, _ inputs: Rows) -> Rows {
        let queries = product(pass, inputs, .query, bias: .queryBias, layer: layer)
        arrange(pass, queries)
        pass.visit(.query, layer, queries)
        turn(pass, queries, heads: pass.blueprint.headCount, norm: Role(.queryNorm, layer: layer))
        pass.visit(.rotatedQuery, layer, queries)
        return queries
    }

    /// Puts the channels of each head in halves' order, in place, where the model's matrices have them interleaved.
    private func arrange(_ pass: Pass, _ rows: Rows) {
        guard pass.model.rotaryRows == .interleaved else { return }
        let dimension = pass.blueprint.headDimension
        share(rows.count, width: rows.width) { part in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { scratch in
                guard let head = scratch.baseAddress else { return }
                for start in stride(from: 0, to: part.count * rows.width, by: dimension) {
                    let target = rows[part.lowerBound] + start
                    head.update(from: target, count: dimension)
                    for pair in 0..<dimension / 2 {
                        target[pair] = head[2 * pair]
                        target[pair + dimension / 2] = head[2 * pair + 1]
                    }
                }
            }
        }
    }

    /// Norms (where the family has them) and rotates heads in place.
    private func turn(_ pass: Pass, _ rows: Rows, heads: Int, norm role: Role) {
        let dimension = pass.blueprint.headDimension
        let isWhole = pass.blueprint.queryKeyNorm == .whole
        let weight = pass.model.vector(role, compute)
        let rotary = pass.rotary
        withExtendedLifetime((weight, rotary)) {
            share(rows.count, width: rows.width) { part in
                let start = part.lowerBound
                if let weight {
                    compute.rmsNorm(
                        rows[start], rows: isWhole ? part.count : part.count * heads,
                        width: isWhole ? rows.width : dimension, epsilon: pass.blueprint.normEpsilon,
                        weight: weight.pointer, scale: nil, normalized: nil, into: rows[start])
                }
                compute.rotate(
                    rows[start], rows: part.count, heads: heads, headDimension: dimension,
                    cosines: rotary.cosines[start], sines: rotary.sines[start])
            }
        }
    }
}
