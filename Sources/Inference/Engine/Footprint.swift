/// What a sequence takes beside the weights.
extension Engine {
    /// Bytes of the rows that are alive at once while a prompt is read, at most: of as many positions as a pass takes.
    ///
    /// The residual stream before and behind a part of a layer and its norm; then either queries, keys, values and mixtures,
    /// or what the experts of every row read, compute inside and give, and what they read once more in the form that
    /// products want; and the keys and values of all layers until the pass is done. Scores are worked out in blocks that do
    /// not grow with the sequence's length squared.
    public static func activationBytes(_ blueprint: Blueprint, _ rule: CacheRule, positions: Int) -> Int {
        let rows = min(max(1, positions), rowLimit)
        let hidden = blueprint.hiddenSize
        let queries = blueprint.headCount * blueprint.headDimension
        let keys = blueprint.keyValueHeadCount * blueprint.headDimension
        let attention = 2 * queries + 2 * keys + hidden
        let feedForward = blueprint.layers.reduce(0) { most, layer in
            let slots = max(1, layer.activeExpertCount)
            let shared = 3 * (layer.sharedExpertWidth ?? 0)
            return max(most, slots * (2 * hidden + 4 * layer.feedForwardWidth) + hidden + shared)
        }
        let own = KeyValueCache.byteCounts(blueprint, rule, positions: rows).reduce(0, +)
        return rows * 4 * (3 * hidden + max(attention, feedForward)) + own + 4 * blueprint.vocabularyCount
    }
}
