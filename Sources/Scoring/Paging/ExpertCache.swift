import Inference
import Tensors

/// How a cache of experts chooses what to keep.
public enum CachePolicy: String, Sendable, CaseIterable {
    /// The least recently used goes first.
    case lru
    /// The least often used goes first, counted from the trace's beginning whether it was kept or not; of equals the least
    /// recently used.
    case lfu
    /// The most often used of the whole trace are there from the beginning and stay; of equals the lowest layer and number.
    case pinned
}

/// Which experts a trace asks for, in the order in which decoding asks: token by token, layer by layer, slot by slot.
public struct ExpertRequests: Sendable {
    /// Every expert by a number of its own, layer by layer.
    private let firstOfLayer: [Int]
    /// What each expert weighs.
    /// - Units: bytes.
    public let sizes: [Int]
    /// Requests, all of a token together.
    private let requests: [Int32]
    private let perToken: Int

    /// - Throws: `ScoringError` if the trace is of a model with other experts.
    public init(_ routes: Routes, sizes expertSizes: ExpertSizes, model: Model) throws(ScoringError) {
        let counts = model.blueprint.layers.map(\.expertCount)
        guard routes.layerCount == counts.count, routes.layers.allSatisfy({ counts[$0.layer] == $0.expertCount }) else {
            throw ScoringError(
                code: "routes.experts", subject: routes.corpus, message: "the trace is of a model with other experts",
                remedy: "trace this model")
        }
        var (first, sizes): ([Int], [Int]) = ([], [])
        for (layer, count) in counts.enumerated() {
            first.append(sizes.count)
            sizes += (0..<count).map { expertSizes.bytes(layer: layer, expert: $0) }
        }
        (firstOfLayer, self.sizes) = (first, sizes)
        perToken = routes.layers.reduce(0) { $0 + $1.slotCount }
        var requests: [Int32] = []
        requests.reserveCapacity(routes.tokenCount * perToken)
        for token in 0..<routes.tokenCount {
            for layer in routes.layers {
                for expert in layer.choices[token * layer.slotCount..<(token + 1) * layer.slotCount] {
                    requests.append(Int32(first[layer.layer] + Int(expert)))
                }
            }
        }
        self.requests = requests
    }

    /// Requests of experts of equal or unequal weight, given directly.
    public init(sizes: [Int], requests: [Int]) {
        (firstOfLayer, self.sizes, perToken) = ([0], sizes, 1)
        self.requests = requests.map(Int32.init)
    }

    /// Requests in all.
    public var count: Int { requests.count }

    /// Requests of an expert that was asked for before: no cache that begins empty can have more hits.
    public var repeated: Int { count - Set(requests).count }

    /// Requests that a cache would answer.
    /// - Parameter capacity: bytes; an expert that is larger is never kept.
    /// - Complexity: O(requests · log requests).
    /// - Throws: `Interrupted`.
    public func hits(_ policy: CachePolicy, capacity: Int) throws(Interrupted) -> Int {
        switch policy {
        case .pinned: return pinnedHits(capacity)
        case .lru: return try hits(capacity, countsUse: false)
        case .lfu: return try hits(capacity, countsUse: true)
        }
    }

    private func pinnedHits(_ capacity: Int) -> Int {
        var uses = [Int](repeating: 0, count: sizes.count)
        for request in requests { uses[Int(request)] += 1 }
        var (room, hits) = (capacity, 0)
        for expert in sizes.indices.sorted(by: { (uses[$1], $0) < (uses[$0], $1) }) where sizes[expert] <= room {
            room -= sizes[expert]
            hits += uses[expert]
        }
        return hits
    }

    private func hits(_ capacity: Int, countsUse: Bool) throws(Interrupted) -> Int {
        var uses = [Int](repeating: 0, count: sizes.count), last = uses
        var isKept = [Bool](repeating: false, count: sizes.count)
        var queue = EvictionQueue()
        var (room, hits) = (capacity, 0)
        for (time, request) in requests.enumerated() {
            if time & 0xFFFF == 0 { try Interruption.check() }
            let expert = Int(request)
            uses[expert] += countsUse ? 1 : 0
            last[expert] = time
            if isKept[expert] {
                hits += 1
            } else {
                guard sizes[expert] <= capacity else { continue }
                while room < sizes[expert], let next = queue.removeFirst() {
                    // What was used since it was queued stands again further behind.
                    guard isKept[next.expert], last[next.expert] == next.last else { continue }
                    isKept[next.expert] = false
                    room += sizes[next.expert]
                }
                isKept[expert] = true
                room -= sizes[expert]
            }
            queue.insert(.init(uses: uses[expert], last: time, expert: expert))
        }
        return hits
    }
}

/// What may be thrown out, the first to go foremost: a binary heap.
private struct EvictionQueue {
    struct Entry {
        let uses: Int
        let last: Int
        let expert: Int

        static func < (a: Entry, b: Entry) -> Bool { (a.uses, a.last) < (b.uses, b.last) }
    }

    private var heap: [Entry] = []

    mutating func insert(_ entry: Entry) {
        heap.append(entry)
        var place = heap.count - 1
        while place > 0, heap[place] < heap[(place - 1) / 2] {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() -> Entry? {
        guard let first = heap.first, let end = heap.popLast() else { return nil }
        if heap.isEmpty { return first }
        heap[0] = end
        var place = 0
        while true {
            let left = 2 * place + 1
            guard left < heap.count else { return first }
            let child = left + 1 < heap.count && heap[left + 1] < heap[left] ? left + 1 : left
            guard heap[child] < heap[place] else { return first }
            heap.swapAt(place, child)
            place = child
        }
    }
}
