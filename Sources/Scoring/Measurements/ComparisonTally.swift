import Inference
import Kernels

/// What a comparison adds up, window by window.
struct ComparisonTally {
    var losses = Summary()
    var baseLosses = Summary()
    var divergence = Summary()
    var divergences: [Float] = []
    var sameTop = 0
    private var shared: [Int]
    private var chosen: [Int]
    private let vocabularyCount: Int
    private let experts: [[Int]?]

    init(_ model: Model, _ base: Model, _ experts: [[Int]?]?) {
        let layers = min(model.blueprint.layers.count, base.blueprint.layers.count)
        shared = Array(repeating: 0, count: layers)
        chosen = shared
        vocabularyCount = model.blueprint.vocabularyCount
        self.experts = (0..<layers).map { layer in experts.flatMap { $0.indices.contains(layer) ? $0[layer] : nil } }
    }

    /// The share of the base's choices that the model shares, by layer.
    var agreement: [Double?] { zip(shared, chosen).map { $1 == 0 ? nil : Double($0) / Double($1) } }

    mutating func add(
        _ tokens: [Int], _ positions: [Int], _ base: WatchedRun, _ model: WatchedRun, _ compute: Compute
    ) {
        let rows = Self.rows(tokens, positions, base, model, vocabularyCount, compute)
        for row in rows {
            baseLosses.add(row.baseLoss)
            losses.add(row.loss)
            divergence.add(row.divergence)
            divergences.append(Float(row.divergence))
            sameTop += row.isSameTop ? 1 : 0
        }
        for layer in shared.indices {
            guard let a = base.choices[layer], let b = model.choices[layer] else { continue }
            for row in 0..<a.experts.count / max(1, a.slots) {
                let before = a.experts[row * a.slots..<(row + 1) * a.slots]
                let after = b.experts[row * b.slots..<(row + 1) * b.slots].map { original($0, layer) }
                chosen[layer] += before.count
                shared[layer] += before.filter(after.contains).count
            }
        }
    }

    private func original(_ expert: Int, _ layer: Int) -> Int {
        guard let row = experts[layer], row.indices.contains(expert) else { return expert }
        return row[expert]
    }

    private struct Row {
        let baseLoss: Double
        let loss: Double
        let divergence: Double
        let isSameTop: Bool
    }

    private static func rows(
        _ tokens: [Int], _ positions: [Int], _ base: WatchedRun, _ model: WatchedRun, _ count: Int, _ compute: Compute
    ) -> [Row] {
        base.logits.withUnsafeBufferPointer { before in
            model.logits.withUnsafeBufferPointer { after in
                guard let before = before.baseAddress, let after = after.baseAddress else { return [] }
                return [Row](unsafeUninitializedCapacity: positions.count) { buffer, filled in
                    if let target = buffer.baseAddress {
                        compute.pool.forEach(positions.count) { row in
                            let (p, q) = (before + row * count, after + row * count)
                            let next = tokens[positions[row] + 1]
                            let tops = [p, q].map { compute.topIndices($0, count: count, k: 1) }
                            (target + row).initialize(
                                to: Row(
                                    baseLoss: -Metric.logProbability(p, count, next),
                                    loss: -Metric.logProbability(q, count, next),
                                    divergence: Divergence.between(p, q, count: count), isSameTop: tops[0] == tops[1]))
                        }
                    }
                    filled = positions.count
                }
            }
        }
    }
}
