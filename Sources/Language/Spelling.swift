/// Finds what a misspelled word was meant to be.
public enum Spelling {
    /// The nearest candidate within a third of the word's length, ties to the earliest.
    /// - Source: optimal string alignment, Damerau 1964 and Levenshtein 1966.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = max(1, word.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates where candidate != word && abs(candidate.count - word.count) <= limit {
            let found = distance(Array(word.lowercased().utf8), Array(candidate.lowercased().utf8))
            if found <= limit, found < best?.distance ?? Int.max { best = (candidate, found) }
        }
        return best?.name
    }

    /// `did you mean "experts"?`, or nil where nothing is near.
    static func suggestion(for word: String, among candidates: [String]) -> String? {
        nearest(to: word, among: candidates).map { "did you mean \"\($0)\"?" }
    }

    /// Insertions, deletions, substitutions and swaps of neighbours.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforePrevious = [Int]()
        var previous = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
                row.append(cost)
            }
            beforePrevious = previous
            previous = row
        }
        return previous[b.count]
    }
}
