import Inference

extension Scores {
    /// How many experts to keep.
    public enum Amount: Sendable, Hashable {
        /// So many in each layer.
        case top(Int)
        /// This share of each layer's, rounded up.
        case fraction(Double)
        /// As many as fit, the rest of the model included.
        /// - Units: bytes.
        case budget(Int)
    }

    /// The plan that keeps the most important experts.
    /// - Parameters:
    ///   - isUniform: Whether every layer keeps as many under a budget; otherwise experts are taken by score per byte
    ///     across layers, which few file formats can hold.
    ///   - floor: The least to keep in a layer; never fewer than a token uses.
    /// - Throws: `ScoringError` for scores of something else, an amount that cannot be had, or a budget too small, with
    ///   the least that would do.
    public func select(
        _ amount: Amount, of model: Model, isUniform: Bool = true, floor: Int = 0
    ) throws(ScoringError) -> Plan {
        let blueprint = model.blueprint
        try check(blueprint)
        let counts = blueprint.layers.map(\.expertCount)
        let floors = blueprint.layers.map { max($0.activeExpertCount, min(floor, $0.expertCount)) }
        let kept: [Int]
        switch amount {
        case .top(let number):
            guard number <= counts.max() ?? 0 else {
                throw failure("no layer has \(number) experts", "keep at most \(counts.max() ?? 0)")
            }
            kept = zip(counts, floors).map { min($0, max(number, $1)) }
            guard zip(counts, floors).allSatisfy({ $0 == 0 || number >= $1 }) else {
                throw failure(
                    "\(number) a layer is below the floor of \(floors.max() ?? 0)",
                    "keep at least \(floors.max() ?? 0)"
                )
            }
        case .fraction(let share):
            guard share > 0, share <= 1 else {
                throw failure("\(share) is no share of the experts", "use a fraction above 0% and up to 100%")
            }
            // A share such as 0.9 is not exact in binary; what is a hair above a whole number is meant as that number.
            kept = zip(counts, floors).map { min($0, max(Int((Double($0) * share - 1e-9).rounded(.up)), $1)) }
        case .budget(let bytes):
            return try isUniform
                ? uniform(within: bytes, model, floors) : greedy(within: bytes, model, floors)
        }
        return try plan(kept, counts)
    }

    private func check(_ blueprint: Blueprint) throws(ScoringError) {
        guard axis == "expert" else {
            throw failure("these are scores of heads", "select from scores of experts")
        }
        guard values.map({ $0?.count ?? 0 }) == blueprint.layers.map(\.expertCount) else {
            throw failure(
                "they do not score every expert of this model", "score m.experts of the model that is to be cut")
        }
    }

    private func plan(_ kept: [Int], _ counts: [Int]) throws(ScoringError) -> Plan {
        try Plan(
            kept: counts.indices.map { counts[$0] == 0 ? nil : Array(ranked($0).prefix(kept[$0])) },
            expertCounts: counts, criterion: criterion)
    }

    private func uniform(within bytes: Int, _ model: Model, _ floors: [Int]) throws(ScoringError) -> Plan {
        let sizes = ExpertSizes(model)
        let counts = model.blueprint.layers.map(\.expertCount)
        let least = floors.max() ?? 0
        for number in (least...max(least, counts.max() ?? 0)).reversed() {
            let plan = try plan(counts.map { min($0, number) }, counts)
            if sizes.total(plan) <= bytes { return plan }
        }
        throw tooSmall(bytes, least: sizes.total(try plan(counts.map { min($0, least) }, counts)))
    }

    private func greedy(within bytes: Int, _ model: Model, _ floors: [Int]) throws(ScoringError) -> Plan {
        let sizes = ExpertSizes(model)
        let counts = model.blueprint.layers.map(\.expertCount)
        let start = try plan(floors, counts)
        var total = sizes.total(start)
        guard total <= bytes else { throw tooSmall(bytes, least: total) }
        var kept = start.kept
        let sign: Double = direction == .higher ? 1 : -1
        let rest = counts.indices.flatMap { layer in
            ranked(layer).dropFirst(floors[layer]).map { expert in
                let size = sizes.bytes(layer: layer, expert: expert)
                let value = values[layer]?[expert] ?? .nan
                let key = value.isNaN ? -Double.infinity : sign * value / Double(max(1, size))
                return (key: key, layer: layer, expert: expert, size: size)
            }
        }
        for entry in rest.sorted(by: { ($1.key, $0.layer, $0.expert) < ($0.key, $1.layer, $1.expert) })
        where total + entry.size <= bytes {
            kept[entry.layer]?.append(entry.expert)
            total += entry.size
        }
        return try Plan(kept: kept, expertCounts: counts, criterion: criterion)
    }

    private func tooSmall(_ bytes: Int, least: Int) -> ScoringError {
        failure(
            "\(bytes) bytes do not hold it: with the fewest experts that a token can use, its tensors take \(least)",
            "give at least \(least) bytes, or quantize first")
    }

    private func failure(_ message: String, _ remedy: String) -> ScoringError {
        ScoringError(code: "select.amount", subject: "select", message: message, remedy: remedy)
    }
}
