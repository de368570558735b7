/// The knapsack with one choice a group: of each group one option, together within a budget of bytes, at the least cost.
///
/// A greedy walk along the groups' convex hulls gives a good choice and a price of a byte (Lagrange's multiplier); then a
/// search over all prefixes, a group at a time, keeps those that no other beats in both bytes and cost and that could still
/// win at that price. What is left is the optimum, unless more than `frontLimit` prefixes are in the running at once: then
/// the most promising go on, and the result is at worst the greedy one.
/// - Source: Kellerer, Pferschy, Pisinger, *Knapsack Problems* (2004), chapter 11.
public struct ChoiceKnapsack: Sendable {
    /// One way to have a group.
    public struct Option: Sendable, Hashable {
        public let bytes: Int
        /// What it costs in quality; lower is better.
        public let cost: Double

        public init(bytes: Int, cost: Double) {
            self.bytes = bytes
            self.cost = cost
        }
    }

    /// The options of each group.
    private let groups: [[Option]]
    /// Of each group, the options that no other beats in both, by bytes, cost falling.
    private let fronts: [[Int]]
    private let frontLimit: Int

    /// - Parameter groups: none empty.
    public init(_ groups: [[Option]], frontLimit: Int = 20_000) {
        self.groups = groups
        self.frontLimit = frontLimit
        fronts = groups.map { options in
            let order = options.indices.sorted {
                (options[$0].bytes, options[$0].cost, $0) < (options[$1].bytes, options[$1].cost, $1)
            }
            var kept: [Int] = []
            for index in order where kept.last.map({ options[index].cost < options[$0].cost }) ?? true {
                kept.append(index)
            }
            return kept
        }
    }

    /// The fewest bytes that any choice takes.
    public var leastBytes: Int {
        zip(groups, fronts).reduce(0) { sum, group in sum + (group.1.first.map { group.0[$0].bytes } ?? 0) }
    }

    /// The option of each group; nil if even the smallest are too large.
    public func choice(within budget: Int) -> [Int]? {
        guard leastBytes <= budget else { return nil }
        let (greedy, price) = greedyChoice(within: budget)
        return search(within: budget, price: price, incumbent: greedy)
    }

    /// Bytes and cost of a choice.
    public func total(_ choice: [Int]) -> Option {
        var (bytes, cost) = (0, 0.0)
        for (options, index) in zip(groups, choice) {
            bytes += options[index].bytes
            cost += options[index].cost
        }
        return Option(bytes: bytes, cost: cost)
    }
}

extension ChoiceKnapsack {
    /// A step from one hull option of a group to the next.
    private struct Step {
        let group: Int
        let place: Int
        let bytes: Int
        /// Cost saved a byte.
        let gain: Double
    }

    /// From the smallest options upwards, the step that saves the most a byte first; and the gain of the first step that
    /// did not fit.
    private func greedyChoice(within budget: Int) -> (choice: [Int], price: Double) {
        let hulls = zip(groups, fronts).map { Self.hull($0, $1) }
        var steps: [Step] = []
        for (group, hull) in hulls.enumerated() {
            for place in hull.indices.dropFirst() {
                let (from, to) = (groups[group][hull[place - 1]], groups[group][hull[place]])
                let bytes = to.bytes - from.bytes
                steps.append(
                    Step(group: group, place: place, bytes: bytes, gain: (from.cost - to.cost) / Double(bytes)))
            }
        }
        steps.sort { ($1.gain, $0.group, $0.place) < ($0.gain, $1.group, $1.place) }
        var places = groups.map { _ in 0 }
        var left = budget - leastBytes
        var price: Double?
        for step in steps {
            guard places[step.group] == step.place - 1, step.bytes <= left else {
                price = price ?? step.gain
                continue
            }
            places[step.group] = step.place
            left -= step.bytes
        }
        return (zip(hulls, places).map { $0[$1] }, price ?? 0)
    }

    /// The options on the lower convex hull.
    private static func hull(_ options: [Option], _ front: [Int]) -> [Int] {
        var hull: [Int] = []
        for index in front {
            while hull.count >= 2 {
                let (a, b, c) = (options[hull[hull.count - 2]], options[hull[hull.count - 1]], options[index])
                let isAbove =
                    (a.cost - b.cost) * Double(c.bytes - b.bytes) <= (b.cost - c.cost) * Double(b.bytes - a.bytes)
                guard isAbove else { break }
                hull.removeLast()
            }
            hull.append(index)
        }
        return hull
    }
}

extension ChoiceKnapsack {
    /// A choice for the first groups.
    private struct Prefix {
        let bytes: Int
        let cost: Double
        /// Its number among the prefixes that are one group shorter, and the option that it adds.
        let parent: Int
        let option: Int
    }

    private func search(within budget: Int, price: Double, incumbent: [Int]) -> [Int] {
        // The least that the groups from one on can add: in bytes, and in cost with bytes at their price.
        var (bytesLeft, pricedLeft) = ([0], [0.0])
        for (options, front) in zip(groups, fronts).reversed() {
            bytesLeft.append((bytesLeft.last ?? 0) + (front.first.map { options[$0].bytes } ?? 0))
            let priced = front.map { options[$0].cost + price * Double(options[$0].bytes) }.min() ?? 0
            pricedLeft.append((pricedLeft.last ?? 0) + priced)
        }
        bytesLeft.reverse()
        pricedLeft.reverse()
        let best = total(incumbent).cost
        // Sums in another order differ in their last bits.
        let limit = best + price * Double(budget) + 1e-12 * (abs(best) + price * Double(budget))
        var columns: [[Prefix]] = []
        var current = [Prefix(bytes: 0, cost: 0, parent: 0, option: 0)]
        for group in groups.indices {
            var next: [Prefix] = []
            for (parent, prefix) in current.enumerated() {
                for option in fronts[group] {
                    let bytes = prefix.bytes + groups[group][option].bytes
                    let cost = prefix.cost + groups[group][option].cost
                    guard bytes + bytesLeft[group + 1] <= budget,
                        cost + price * Double(bytes) + pricedLeft[group + 1] <= limit
                    else { continue }
                    next.append(Prefix(bytes: bytes, cost: cost, parent: parent, option: option))
                }
            }
            current = thinned(unbeaten(next), price)
            columns.append(current)
        }
        guard let last = current.indices.min(by: { (current[$0].cost, $0) < (current[$1].cost, $1) }),
            current[last].cost < best
        else { return incumbent }
        return traced(columns, from: last)
    }

    /// The prefixes that none beats in both bytes and cost.
    private func unbeaten(_ prefixes: [Prefix]) -> [Prefix] {
        let sorted = prefixes.sorted {
            ($0.bytes, $0.cost, $0.parent, $0.option) < ($1.bytes, $1.cost, $1.parent, $1.option)
        }
        var kept: [Prefix] = []
        for prefix in sorted where kept.last.map({ prefix.cost < $0.cost }) ?? true { kept.append(prefix) }
        return kept
    }

    private func thinned(_ prefixes: [Prefix], _ price: Double) -> [Prefix] {
        guard prefixes.count > frontLimit else { return prefixes }
        let value = { (prefix: Prefix) in prefix.cost + price * Double(prefix.bytes) }
        let order = prefixes.indices.sorted { (value(prefixes[$0]), $0) < (value(prefixes[$1]), $1) }
        return order.prefix(frontLimit).sorted().map { prefixes[$0] }
    }

    private func traced(_ columns: [[Prefix]], from last: Int) -> [Int] {
        var choice: [Int] = []
        var place = last
        for column in columns.reversed() {
            choice.append(column[place].option)
            place = column[place].parent
        }
        return choice.reversed()
    }
}
