import Inference
import Tensors

/// A trace of routing: which experts the tokens of a corpus went to, how strongly, and how narrow the choice was.
public struct Routes: Sendable {
    /// One layer with experts.
    public struct Layer: Sendable {
        public let layer: Int
        public let expertCount: Int
        /// Experts a token uses.
        public let slotCount: Int
        /// Times each expert was chosen, by family.
        /// - Shape: [family, expert].
        public internal(set) var counts: [[Int]]
        /// The routing weights each expert got, added up.
        public internal(set) var gateMass: [Double]
        /// How often two experts were chosen by the same token; on the diagonal, how often one was.
        /// - Shape: [expert, expert].
        public internal(set) var coactivation: [[Int]]
        /// The k-th largest router logit less the one behind it, over all tokens; nothing if all experts are used.
        /// - Units: logits.
        public internal(set) var margins: Quantiles
        /// The mean of the margins.
        public internal(set) var meanMargin: Double
        /// The chosen experts of every token in the order of the corpus, largest logit first.
        /// - Shape: [token, slot].
        public internal(set) var choices: [UInt16] = []
        /// How often each expert was chosen for each token id, by id × expert count + expert.
        var byToken: [Int: Int] = [:]
    }

    /// Layers with experts, in order.
    public let layers: [Layer]
    /// The number of the model's layers, dense ones included.
    public let layerCount: Int
    /// The families counted apart, in the order of the corpus; items without one as `all` or `other`.
    public let families: [String]
    /// Tokens traced.
    public let tokenCount: Int
    /// The corpus's name.
    public let corpus: String
}

extension Routes.Layer {
    /// Times each expert was chosen.
    public var totals: [Int] { (0..<expertCount).map { expert in counts.reduce(0) { $0 + $1[expert] } } }

    /// The share of each family's choices that went to each expert.
    /// - Shape: [family, expert].
    public var shares: [[Double]] {
        counts.map { row in
            let total = row.reduce(0, +)
            return row.map { total == 0 ? 0 : Double($0) / Double(total) }
        }
    }

    /// The share of choices each expert got, families weighing alike.
    public var usage: [Double] {
        let shares = shares
        return (0..<expertCount).map { expert in shares.reduce(0) { $0 + $1[expert] } / Double(shares.count) }
    }

    /// Experts by usage, the least used first; equal ones by index.
    public var leastUsedFirst: [Int] {
        let usage = usage
        return (0..<expertCount).sorted { (usage[$0], $0) < (usage[$1], $1) }
    }

    /// The entropy of the choice of an expert.
    /// - Units: bits.
    public var expertEntropy: Double { Information.entropy(usage) }

    /// The mean entropy within a family.
    /// - Units: bits.
    public var entropyGivenFamily: Double {
        shares.reduce(0) { $0 + Information.entropy($1) } / Double(shares.count)
    }

    /// What the family says about the expert, families weighing alike.
    /// - Units: bits.
    public var familyInformation: Double { Information.mutual(shares) }

    /// What the token id says about the expert.
    /// - Units: bits.
    public var tokenInformation: Double {
        let tokens = Set(byToken.keys.map { $0 / expertCount }).sorted()
        return Information.mutual(
            tokens.map { token in (0..<expertCount).map { Double(byToken[token * expertCount + $0] ?? 0) } })
    }
}

extension Routes {
    /// A table over layers and experts; not a number in dense layers and beyond a layer's experts.
    /// - Shape: [layer, expert].
    public func table(_ value: (Layer) -> [Double]) -> Tensor {
        let width = layers.map(\.expertCount).max() ?? 0
        var tensor = Tensor(shape: [layerCount, width], axes: ["layer", "expert"], repeating: .nan)
        for layer in layers {
            for (expert, number) in value(layer).enumerated() {
                tensor.values[layer.layer * width + expert] = Float(number)
            }
        }
        return tensor
    }
}

/// Entropy and mutual information of tables of counts or shares.
enum Information {
    /// −Σ p log₂ p.
    static func entropy(_ shares: [Double]) -> Double {
        shares.reduce(0) { $1 > 0 ? $0 - $1 * Elementary.binaryLogarithm($1) : $0 }
    }

    /// Σ p log₂ (p / (p_row p_column)) of a table scaled to a sum of 1.
    static func mutual(_ table: [[Double]]) -> Double {
        let total = table.reduce(0) { $0 + $1.reduce(0, +) }
        guard let first = table.first, total > 0 else { return 0 }
        let columns = first.indices.map { column in table.reduce(0) { $0 + $1[column] } / total }
        var sum = 0.0
        for row in table {
            let share = row.reduce(0, +) / total
            for (column, value) in row.enumerated() where value > 0 {
                let p = value / total
                sum += p * Elementary.binaryLogarithm(p / (share * columns[column]))
            }
        }
        return sum
    }
}
