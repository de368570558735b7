import Surgery
import Tensors
import Testing

struct ChoiceKnapsackTests {
    private static func groups(_ seed: Int, count: Int, options: Int) -> [[ChoiceKnapsack.Option]] {
        let random = KeyedRandom(seed: UInt64(seed), purpose: "knapsack")
        return (0..<count).map { group in
            (0..<options).map { option in
                ChoiceKnapsack.Option(
                    bytes: 1 + random.index(below: 400, group * 100 + option * 2),
                    cost: Double(random.index(below: 100_000, group * 100 + option * 2 + 1)) / 1000)
            }
        }
    }

    /// Every choice there is.
    private static func best(_ groups: [[ChoiceKnapsack.Option]], within budget: Int) -> Double? {
        var costs: [Int: Double] = [0: 0]
        for group in groups {
            var next: [Int: Double] = [:]
            for (bytes, cost) in costs {
                for option in group where bytes + option.bytes <= budget {
                    next[bytes + option.bytes] = min(next[bytes + option.bytes] ?? .infinity, cost + option.cost)
                }
            }
            costs = next
        }
        return costs.values.min()
    }

    @Test(arguments: 0..<40) func itFindsTheOptimumWithinTheBudget(seed: Int) throws {
        let groups = Self.groups(seed, count: 1 + seed % 9, options: 1 + seed % 7)
        let knapsack = ChoiceKnapsack(groups)
        for share in [0.0, 0.1, 0.3, 0.6, 1.0] {
            let most = groups.reduce(0) { $0 + ($1.map(\.bytes).max() ?? 0) }
            let budget = knapsack.leastBytes + Int(share * Double(most - knapsack.leastBytes))
            let choice = try #require(knapsack.choice(within: budget))
            let total = knapsack.total(choice)
            #expect(choice.count == groups.count && total.bytes <= budget)
            let best = try #require(Self.best(groups, within: budget))
            #expect(abs(total.cost - best) <= 1e-9 * max(1, best), "\(seed) \(share)")
        }
        #expect(knapsack.choice(within: knapsack.leastBytes - 1) == nil)
    }

    @Test(arguments: 0..<10) func aShortFrontStaysNearTheOptimum(seed: Int) throws {
        let groups = Self.groups(seed, count: 12, options: 6)
        let budget = groups.reduce(0) { $0 + $1.map(\.bytes).reduce(0, +) / $1.count }
        let exact = ChoiceKnapsack(groups)
        let short = ChoiceKnapsack(groups, frontLimit: 8)
        let (best, near) = (
            exact.total(try #require(exact.choice(within: budget))),
            short.total(try #require(short.choice(within: budget)))
        )
        #expect(near.bytes <= budget && near.cost >= best.cost && near.cost <= best.cost * 1.25)
    }

    @Test func manyGroupsAreSolvedInTimeAndAlike() throws {
        let groups = Self.groups(3, count: 170, options: 8)
        let knapsack = ChoiceKnapsack(groups)
        let budget = groups.reduce(0) { $0 + $1.map(\.bytes).reduce(0, +) / $1.count }
        let choice = try #require(knapsack.choice(within: budget))
        #expect(knapsack.total(choice).bytes <= budget)
        #expect(ChoiceKnapsack(groups).choice(within: budget) == choice)
    }
}
