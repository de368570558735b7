import Tensors

extension Engine {
    /// Logits of a model that is the runs' own but for weights from a layer on: passes that begin at that layer with what
    /// the runs kept.
    ///
    /// The bits are those of full passes, unless weights before the layer differ.
    /// - Parameters:
    ///   - runs: plain runs of the model that it was made from, all of one arithmetic.
    ///   - layer: the first layer that differs; nil for one whose embedding does, the number of layers for one whose last
    ///     norm or output does.
    ///   - positions: where logits are wanted, ascending, a row for each run.
    /// - Returns: for each run, [position, vocabulary].
    /// - Throws: `Interrupted`.
    public func logits(
        _ model: Model, resuming runs: [Run], from layer: Int?, at positions: [[Int]]
    ) throws -> [Tensor] {
        if let base = runs.first, base.arithmetic != arithmetic {
            return try under(base.arithmetic).logits(model, resuming: runs, from: layer, at: positions)
        }
        let layers = (layer ?? 0)..<model.blueprint.layers.count
        var results: [Tensor] = []
        while results.count < runs.count {
            let base = results.count
            let end = batchEnd(from: base, counts: { runs[$0].tokens.count }, limit: runs.count)
            let lanes = (base..<end).map { index in
                Lane(
                    tokens: runs[index].tokens, first: 0,
                    start: layer.map { .residPre(runs[index].residuals[$0]) } ?? .tokens, interventions: [],
                    wanted: positions[index])
            }
            for result in try forward(model, lanes: lanes, layers: layers) {
                let rows = logits(model, result.output)
                results.append(
                    rows.tensor(0..<rows.count, shape: [rows.width], axes: ["position", "vocabulary"]))
            }
        }
        return results
    }
}
