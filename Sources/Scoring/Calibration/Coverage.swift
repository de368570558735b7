import Inference

/// How many tokens each expert was calibrated with.
public struct Coverage: Sendable, Hashable {
    /// One layer with experts.
    public struct Layer: Sendable, Hashable {
        public let layer: Int
        /// Tokens that each expert's matrices saw.
        public let tokens: [Int]

        public var minimum: Int { tokens.min() ?? 0 }
        public var maximum: Int { tokens.max() ?? 0 }

        /// The middle count; of an even number of experts the mean of the middle two.
        public var median: Double {
            let sorted = tokens.sorted()
            guard !sorted.isEmpty else { return 0 }
            return (Double(sorted[(sorted.count - 1) / 2]) + Double(sorted[sorted.count / 2])) / 2
        }

        /// Experts that no token chose.
        public var neverFired: [Int] { tokens.indices.filter { tokens[$0] == 0 } }
    }

    public let layers: [Layer]

    /// Reads the coverage off an importance, for a model's layers with experts.
    public init(of importance: Importance, _ blueprint: Blueprint) {
        layers = blueprint.expertLayers.map { layer in
            Layer(
                layer: layer,
                tokens: (0..<blueprint.layers[layer].expertCount).map { expert in
                    importance.entries[Role(.gate, layer: layer, expert: expert)]?.count ?? 0
                })
        }
    }
}

extension Scores {
    /// The frequency baseline that an importance holds already: how many tokens chose each expert.
    /// - Parameter layers: The layers to score; all with experts unless given. The others become holes.
    /// - Throws: `ScoringError` if the model has no experts, or the counts are not of tokens, as in a legacy file.
    public static func frequency(from importance: Importance, of model: Model, layers: [Int]? = nil)
        throws(ScoringError) -> Scores
    {
        let blueprint = model.blueprint
        guard !blueprint.expertLayers.isEmpty else { throw ScoringError.noExperts(blueprint.family, "score") }
        let corpus = importance.corpora.joined(separator: "+")
        guard importance.countsTokens else {
            throw ScoringError(
                code: "score.chunks", subject: corpus,
                message: "this importance matrix counts chunks, the same for every expert, not an expert's tokens",
                remedy: "use a GGUF imatrix, or one that imatrix m over CORPUS makes")
        }
        let coverage = Coverage(of: importance, blueprint)
        var counts: [[Int]?] = blueprint.layers.map { _ in nil }
        for layer in coverage.layers where layers?.contains(layer.layer) ?? true { counts[layer.layer] = layer.tokens }
        return Scores(
            criterion: Criterion.frequency.name, axis: "expert", values: counts.map { $0?.map(Double.init) },
            counts: counts, unit: Criterion.frequency.unit, direction: .higher, corpus: corpus,
            tokenCount: importance.tokenCount)
    }
}
