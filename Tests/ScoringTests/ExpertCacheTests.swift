import Documents
import Foundation
import Scoring
import TestSupport
import Testing

/// What caches of experts answer, against plays by brute force; `Scripts/make-paging-goldens.py` says how.
@Suite struct ExpertCacheTests {
    private struct Case {
        let requests: ExpertRequests
        let capacity: Int
        let hits: [CachePolicy: Int]
    }

    private func cases() throws -> [Case] {
        let document = try JSON(parsing: Array(try Fixtures.data("paging.json")))
        func integers(_ value: JSON?) -> [Int] { value?.asArray?.compactMap { $0.asDouble.map { Int($0) } } ?? [] }
        return (document["cases"]?.asArray ?? []).map { entry in
            let hits = CachePolicy.allCases.map { ($0, entry[$0.rawValue]?.asDouble.map { Int($0) } ?? -1) }
            return Case(
                requests: ExpertRequests(
                    sizes: integers(entry["sizes"]), requests: integers(entry["requests"])),
                capacity: entry["capacity"]?.asDouble.map { Int($0) } ?? -1,
                hits: Dictionary(uniqueKeysWithValues: hits))
        }
    }

    @Test func hitsAreThoseOfBruteForce() throws {
        let cases = try cases()
        #expect(cases.count == 14)
        for one in cases {
            for policy in CachePolicy.allCases {
                #expect(
                    try one.requests.hits(policy, capacity: one.capacity) == one.hits[policy],
                    "\(policy) of \(one.capacity)")
            }
        }
    }

    @Test func aCacheThatHoldsAllAnswersEveryRepeatedRequest() throws {
        let requests = ExpertRequests(sizes: [2, 3, 4], requests: [0, 1, 0, 2, 2, 1, 0])
        #expect(requests.repeated == 4)
        #expect(try requests.hits(.lru, capacity: 9) == 4)
        #expect(try requests.hits(.lfu, capacity: 9) == 4)
        #expect(try requests.hits(.pinned, capacity: 9) == 7)
        for policy in CachePolicy.allCases { #expect(try requests.hits(policy, capacity: 1) == 0) }
    }

    @Test func aTraceAsksTokenByTokenAndLayerByLayer() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let routes = try Routes.trace(tiny.model, over: try tiny.corpus(), engine: tiny.engine)
        let requests = try ExpertRequests(routes, sizes: ExpertSizes(tiny.model), model: tiny.model)
        let perToken = routes.layers.reduce(0) { $0 + $1.slotCount }
        #expect(requests.count == routes.tokenCount * perToken)
        for layer in routes.layers {
            #expect(layer.choices.count == routes.tokenCount * layer.slotCount)
            for expert in 0..<layer.expertCount {
                #expect(layer.choices.filter { $0 == UInt16(expert) }.count == layer.totals[expert])
            }
        }
    }
}
