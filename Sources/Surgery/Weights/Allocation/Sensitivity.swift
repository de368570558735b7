import Inference

/// What each group of a model's weights costs in each format: bytes, and how far the model's next-token probabilities move
/// when that group alone is written in it.
public struct Sensitivity: Sendable {
    /// A group in one format.
    public struct Option: Sendable, Hashable {
        public let format: WeightFormat
        /// - Units: bytes of the whole group.
        public let bytes: Int
        /// The root mean square of the rounding error relative to the weights', on sampled rows; 0 as it is.
        public let error: Double
        /// KL(model ‖ model with this group in this format), the mean over positions.
        /// - Units: nats.
        public var divergence: Double
        /// Whether it was measured by running; otherwise it follows from measured ones by how errors compare.
        public var isMeasured: Bool
    }

    /// A group with its options, the smallest first; the last is the group as it is.
    public struct Entry: Sendable, Hashable {
        public let group: WeightGroup
        public var options: [Option]
    }

    public let entries: [Entry]
    /// What no format is chosen for: routers, norms, biases and sinks.
    /// - Units: bytes.
    public let fixedBytes: Int
    /// Weights of the whole model, which bits a weight are reckoned by.
    public let weightCount: Int
    /// What it was measured over, and at how many positions.
    public let corpus: String
    public let n: Int

    /// The fewest bytes that the model can take.
    public var leastBytes: Int { fixedBytes + knapsack.leastBytes }

    /// The bytes of so many bits a weight, routers, norms and biases counted with the rest.
    public func bytes(bitsPerWeight bits: Double) -> Int {
        Int((bits * Double(weightCount) / 8).rounded(.down))
    }

    /// - Throws: `SurgeryError` for a budget that not even the smallest formats keep, with what would.
    public func check(budget: Int) throws(SurgeryError) {
        if budget < leastBytes { throw tooSmall(budget) }
    }

    /// The formats that move the model least within a budget: the sum of the groups' divergences is the least.
    /// - Parameter budget: Bytes of all tensors together; never exceeded.
    /// - Throws: `SurgeryError` for a budget that not even the smallest formats keep, with what would.
    public func allocation(within budget: Int) throws(SurgeryError) -> Allocation {
        guard let choice = knapsack.choice(within: budget - fixedBytes) else { throw tooSmall(budget) }
        var formats: [Role: WeightFormat] = [:]
        var (bytes, divergence) = (fixedBytes, 0.0)
        for (entry, index) in zip(entries, choice) {
            let option = entry.options[index]
            for role in entry.group.roles { formats[role] = option.format }
            bytes += option.bytes
            divergence += option.divergence
        }
        return Allocation(formats: formats, bytes: bytes, budget: budget, foreseenDivergence: divergence)
    }

    /// Bits a weight that so many bytes of the whole model are.
    public func bits(_ bytes: Int) -> Double { Double(bytes) * 8 / Double(max(1, weightCount)) }

    private func tooSmall(_ budget: Int) -> SurgeryError {
        SurgeryError(
            code: "allocate.budget", subject: "\(budget) bytes",
            message: "with every matrix in its smallest format the model still takes \(leastBytes) bytes, "
                + "\(Self.text(bits(leastBytes))) bits a weight",
            remedy: "give at least \(leastBytes) bytes, or remove experts first: prune m keep plan")
    }

    private var knapsack: ChoiceKnapsack {
        ChoiceKnapsack(
            entries.map { $0.options.map { ChoiceKnapsack.Option(bytes: $0.bytes, cost: $0.divergence) } })
    }

    private static func text(_ bits: Double) -> String {
        let hundredths = Int((bits * 100).rounded(.up))
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}

/// Formats for every group of a model, within a budget.
public struct Allocation: Sendable {
    public let formats: [Role: WeightFormat]
    /// All tensors together.
    public let bytes: Int
    public let budget: Int
    /// The sum of the groups' divergences, each measured alone.
    /// - Units: nats.
    public let foreseenDivergence: Double
}
