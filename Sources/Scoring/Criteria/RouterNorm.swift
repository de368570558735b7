import Inference
import Kernels

extension Criterion {
    /// ‖r_e‖₂ · softmax(b)_e: the expert's router row and its share of the bias; without a bias the length alone.
    public static let routerNorm = Criterion(
        name: "router-norm", summary: "length of the router's row, times the softmax of its bias where it has one",
        unit: "weight", sites: [],
        source: "a criterion of the weights alone: no token is read",
        method: .weights { model, layer, compute in
            guard let router = model.tensors[Role(.router, layer: layer)] else { return [] }
            var row = [Float](repeating: 0, count: router.columns)
            let norms = (0..<router.rows).map { expert in
                compute.decodeRow(router, row: expert, into: &row)
                return row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            }
            guard let bias = model.tensors[Role(.routerBias, layer: layer)] else { return norms }
            var biases = [Float](repeating: 0, count: bias.columns)
            compute.decodeRow(bias, row: 0, into: &biases)
            let total = Elementary.logSumExp(biases, count: biases.count)
            return zip(norms, biases).map { $0 * Elementary.exponential(Double($1) - total) }
        })
}
