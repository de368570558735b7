import Kernels

/// One layer's part of a cache: stretches of positions in one type each, of which a windowed layer holds the latest alone.
struct LayerCache: Sendable {
    private struct Stretch: Sendable {
        let positions: Range<Int>
        let type: CacheType
        var store: CacheStore?
    }

    private var stretches: [Stretch]
    private let heads: Int
    private let channels: Int
    /// The latest positions that are held; nil for all.
    private let held: Int?
    /// Positions that room is made for at once; beyond, it grows by doubling.
    private let capacity: Int

    init(_ blueprint: Blueprint, _ steps: CacheSteps, held: Int?, capacity: Int) {
        stretches = steps.spans.map { Stretch(positions: $0.positions, type: $0.type) }
        heads = blueprint.keyValueHeadCount
        channels = blueprint.headDimension
        self.held = held
        self.capacity = capacity
    }

    /// Bytes of memory that it holds.
    var byteCount: Int { stretches.reduce(0) { $0 + ($1.store?.byteCount ?? 0) } }

    /// Takes in the keys and values of `added` positions behind the first `count`.
    mutating func append(_ own: OwnKeysAndValues, behind count: Int, added: Int) {
        let end = count + added
        let first = max(count, end - (held ?? end))
        for index in stretches.indices {
            let positions = stretches[index].positions.clamped(to: first..<end)
            guard !positions.isEmpty else { continue }
            let store = room(index, through: positions.upperBound, filled: count)
            for position in positions {
                let (row, slot) = (own.range.lowerBound + position - count, store.slot(position))
                store.keys(slot).copyMemory(from: own.rows.keys[row], byteCount: store.rowBytes)
                store.values(slot).copyMemory(from: own.rows.values[row], byteCount: store.rowBytes)
            }
        }
        guard let held else { return }
        for index in stretches.indices where stretches[index].positions.upperBound <= end - held {
            stretches[index].store = nil
        }
    }

    /// A store of a stretch that holds its positions up to `end`, and that nobody else reads.
    private mutating func room(_ index: Int, through end: Int, filled: Int) -> CacheStore {
        let positions = stretches[index].positions
        let most = min(held ?? .max, positions.count)
        let wanted = min(most, end - positions.lowerBound)
        let isShared = !isKnownUniquelyReferenced(&stretches[index].store)
        if let store = stretches[index].store, store.slots >= wanted, !isShared { return store }
        let old = stretches[index].store
        // Room that was made once was too little if more is asked for.
        let slots: Int
        if let old {
            slots = old.slots >= wanted ? old.slots : min(most, max(wanted, 2 * old.slots))
        } else {
            slots = max(wanted, min(most, capacity - positions.lowerBound))
        }
        let rowBytes = heads * stretches[index].type.byteCount(channels: channels)
        let store = CacheStore(first: positions.lowerBound, slots: slots, rowBytes: rowBytes)
        if let old { store.copy(old, through: min(filled, positions.upperBound)) }
        stretches[index].store = store
        return store
    }

    /// Where the keys and values of the positions that are held before `end` lie, ascending.
    /// - Parameter count: positions that were taken in, held or not.
    func runs(before end: Int, of count: Int) -> KeysAndValues<[KeptRun]> {
        precondition(held == nil || end == count, "a window goes on from its end alone")
        let first = max(0, count - (held ?? count))
        var result = KeysAndValues<[KeptRun]>(keys: [], values: [])
        for stretch in stretches {
            guard let store = stretch.store else { continue }
            var rest = stretch.positions.clamped(to: first..<end)
            while !rest.isEmpty {
                let slot = store.slot(rest.lowerBound)
                let positions = rest.lowerBound..<min(rest.upperBound, rest.lowerBound + store.slots - slot)
                func run(_ base: UnsafeMutableRawPointer) -> KeptRun {
                    KeptRun(positions: positions, type: stretch.type, base: base, stride: store.rowBytes)
                }
                result.keys.append(run(store.keys(slot)))
                result.values.append(run(store.values(slot)))
                rest = positions.upperBound..<rest.upperBound
            }
        }
        return result
    }
}

/// Memory for the keys and values of consecutive positions; a position behind the last slot takes that of the earliest.
final class CacheStore: @unchecked Sendable {
    private let first: Int
    let slots: Int
    let rowBytes: Int
    private let memory: UnsafeMutableRawPointer

    /// Room whose content is undefined.
    /// - Parameter first: the position of slot 0.
    init(first: Int, slots: Int, rowBytes: Int) {
        self.first = first
        self.slots = slots
        self.rowBytes = rowBytes
        memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, 2 * slots * rowBytes), alignment: 64)
    }

    deinit { memory.deallocate() }

    var byteCount: Int { 2 * slots * rowBytes }

    func slot(_ position: Int) -> Int { (position - first) % slots }

    func keys(_ slot: Int) -> UnsafeMutableRawPointer { memory + slot * rowBytes }

    func values(_ slot: Int) -> UnsafeMutableRawPointer { memory + (slots + slot) * rowBytes }

    /// Takes over what another holds of the positions before `end`.
    func copy(_ other: CacheStore, through end: Int) {
        for position in max(first, end - other.slots)..<max(first, end) {
            keys(slot(position)).copyMemory(from: other.keys(other.slot(position)), byteCount: rowBytes)
            values(slot(position)).copyMemory(from: other.values(other.slot(position)), byteCount: rowBytes)
        }
    }
}
