/// Merges the bytes of one piece of text into tokens: again and again the adjacent pair of lowest rank, the leftmost of
/// equals. Keeps its buffers from piece to piece.
///
/// - Complexity: O(n log n) in the bytes of a piece; short pieces are searched linearly, which is faster for them.
struct PieceMerger {
    private struct Candidate: Comparable {
        let rank: UInt32
        let position: Int

        static func < (left: Candidate, right: Candidate) -> Bool {
            left.rank != right.rank ? left.rank < right.rank : left.position < right.position
        }
    }

    private static let noRank = UInt32.max
    private static let linearLimit = 48

    private var ids: [Int32] = []
    private var merges: [MergeTable.Merge] = []
    private var next: [Int] = []
    private var previous: [Int] = []
    private var candidates = MinimumHeap<Candidate>()

    /// Appends the ids of a piece, given the id of each of its bytes.
    mutating func merge(
        _ piece: UnsafeBufferPointer<UInt8>, byteIDs: [Int32], table: MergeTable, into result: inout [Int]
    ) {
        ids.removeAll(keepingCapacity: true)
        for byte in piece { ids.append(byteIDs[Int(byte)]) }
        merge(table, into: &result)
    }

    /// Appends the ids of a piece, given the ids of its smallest parts.
    mutating func merge(parts: [Int32], table: MergeTable, into result: inout [Int]) {
        ids.removeAll(keepingCapacity: true)
        ids += parts
        merge(table, into: &result)
    }

    private mutating func merge(_ table: MergeTable, into result: inout [Int]) {
        guard !ids.isEmpty else { return }
        if ids.count <= Self.linearLimit { mergeLinearly(table) } else { mergeByHeap(table) }
        for id in ids { result.append(Int(id)) }
    }

    private mutating func mergeLinearly(_ table: MergeTable) {
        let none = MergeTable.Merge(rank: Self.noRank, merged: 0)
        merges.removeAll(keepingCapacity: true)
        for index in ids.indices.dropLast() { merges.append(table.find(ids[index], ids[index + 1]) ?? none) }
        while true {
            var best = -1
            var bestRank = Self.noRank
            for index in merges.indices where merges[index].rank < bestRank {
                best = index
                bestRank = merges[index].rank
            }
            guard best >= 0 else { return }
            ids[best] = merges[best].merged
            ids.remove(at: best + 1)
            merges.remove(at: best)
            if best > 0 { merges[best - 1] = table.find(ids[best - 1], ids[best]) ?? none }
            if best < merges.count { merges[best] = table.find(ids[best], ids[best + 1]) ?? none }
        }
    }

    private mutating func mergeByHeap(_ table: MergeTable) {
        let count = ids.count
        next = Array(1...count)
        previous = Array(-1..<count - 1)
        candidates.removeAll()
        for index in 0..<count - 1 { consider(index, table) }
        while let candidate = candidates.popMinimum() {
            let left = candidate.position
            // A pair that has changed since it was put there has another rank, or none.
            guard ids[left] >= 0, next[left] < count else { continue }
            let right = next[left]
            guard let merge = table.find(ids[left], ids[right]), merge.rank == candidate.rank else { continue }
            ids[left] = merge.merged
            ids[right] = -1
            next[left] = next[right]
            if next[left] < count { previous[next[left]] = left }
            consider(left, table)
            if previous[left] >= 0 { consider(previous[left], table) }
        }
        ids.removeAll { $0 < 0 }
    }

    private mutating func consider(_ left: Int, _ table: MergeTable) {
        guard next[left] < ids.count, let merge = table.find(ids[left], ids[next[left]]) else { return }
        candidates.insert(Candidate(rank: merge.rank, position: left))
    }
}
