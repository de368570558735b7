import Inference
import Kernels

/// What several criteria add up over one pass through a corpus.
struct ExpertTally {
    private let criteria: [Criterion]
    /// - Shape: [criterion][layer][expert].
    private var sums: [[[Double]]]
    /// Tokens that chose each expert.
    private(set) var counts: [[Int]]
    private let readsOutputs: Bool

    init(_ criteria: [Criterion], _ blueprint: Blueprint) {
        self.criteria = criteria
        let zeros = blueprint.layers.map { Array(repeating: 0.0, count: $0.expertCount) }
        sums = criteria.map { _ in zeros }
        counts = blueprint.layers.map { Array(repeating: 0, count: $0.expertCount) }
        readsOutputs = criteria.contains { $0.readsOutputs }
    }

    /// Takes in what a layer did for some rows, in the order of rows and slots.
    mutating func add(_ seen: ExpertObservation, _ pool: ThreadPool) {
        let norms = readsOutputs ? seen.outputNorms(pool) : []
        for (place, expert) in seen.indices.enumerated() {
            counts[seen.layer][expert] += 1
            let token = Criterion.RoutedToken(
                weight: Double(seen.weights[place]), outputNorm: readsOutputs ? norms[place] : 0)
            for (number, criterion) in criteria.enumerated() {
                if case .routed(_, let value) = criterion.method { sums[number][seen.layer][expert] += value(token) }
            }
        }
    }

    /// The scores of one criterion, a row a layer.
    func scores(_ number: Int) -> [[Double]?] {
        guard case .routed(let reduction, _) = criteria[number].method else { return [] }
        return sums[number].enumerated().map { layer, row in
            if row.isEmpty { return nil }
            switch reduction {
            case .sum: return row
            case .mean: return zip(row, counts[layer]).map { $1 == 0 ? 0 : $0 / Double($1) }
            }
        }
    }
}

extension ExpertObservation {
    /// The length of each output.
    /// - Shape: [row × slot].
    fileprivate func outputNorms(_ pool: ThreadPool) -> [Double] {
        let width = outputs.count / max(1, indices.count)
        guard let base = outputs.baseAddress else { return [] }
        return [Double](unsafeUninitializedCapacity: indices.count) { buffer, filled in
            if let target = buffer.baseAddress {
                pool.forEach(indices.count) { place in
                    var sum = 0.0
                    for element in 0..<width {
                        let value = Double(base[place * width + element])
                        sum += value * value
                    }
                    (target + place).initialize(to: sum.squareRoot())
                }
            }
            filled = indices.count
        }
    }
}
