/// Merges the characters of a text: again and again the adjacent pair that becomes the piece of highest score, the
/// leftmost of equals.
///
/// - Complexity: O(n log n) in the length of the text.
struct ScoreMerger {
    private struct Candidate: Comparable {
        let score: Float
        let position: Int
        /// Bytes of what the pair becomes; when either part has changed, it is another number.
        let length: Int

        static func < (left: Candidate, right: Candidate) -> Bool {
            left.score != right.score ? left.score > right.score : left.position < right.position
        }
    }

    let text: UnsafeBufferPointer<UInt8>
    /// Where each part begins and how many bytes it has; 0 once it has been merged into the one before.
    private var starts: [Int] = []
    private var lengths: [Int] = []
    private var next: [Int]
    private var previous: [Int]
    private var candidates = MinimumHeap<Candidate>()

    /// Begins with one part for every character.
    init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        var position = 0
        while position < text.count {
            let width = min(UTF8Reading.width(text[position]), text.count - position)
            starts.append(position)
            lengths.append(width)
            position += width
        }
        next = starts.indices.map { $0 + 1 }
        previous = starts.indices.map { $0 - 1 }
    }

    /// Merges as long as `score` knows what a pair becomes.
    mutating func merge(score: (UnsafeBufferPointer<UInt8>) -> Float?) {
        for part in starts.indices { consider(part, score) }
        while let candidate = candidates.popMinimum() {
            let left = candidate.position
            guard lengths[left] > 0, next[left] < starts.count else { continue }
            let right = next[left]
            guard lengths[left] + lengths[right] == candidate.length else { continue }
            lengths[left] = candidate.length
            lengths[right] = 0
            next[left] = next[right]
            if next[left] < starts.count { previous[next[left]] = left }
            consider(left, score)
            if previous[left] >= 0 { consider(previous[left], score) }
        }
    }

    /// Calls the body with every part in order.
    func forEachPiece(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        for part in starts.indices where lengths[part] > 0 { body(bytes(starts[part], lengths[part])) }
    }

    private mutating func consider(_ left: Int, _ score: (UnsafeBufferPointer<UInt8>) -> Float?) {
        guard next[left] < starts.count else { return }
        let length = lengths[left] + lengths[next[left]]
        guard let score = score(bytes(starts[left], length)) else { return }
        candidates.insert(Candidate(score: score, position: left, length: length))
    }

    private func bytes(_ start: Int, _ count: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: text[start..<start + count])
    }
}
