/// The scores by which a SentencePiece reader merges as a list of merges says.
///
/// SentencePiece merges the pair that becomes the piece of highest score, whichever two pieces it is made of. That is the
/// order of the list if the merges that make one piece stand together, and if every pair of pieces that makes a third
/// stands in the list: so they do in files converted from SentencePiece.
struct MergeScores {
    /// - Shape: [piece].
    let scores: [Float]

    /// - Throws: ``TokenizerError`` `unsupported` naming the merge that scores cannot say.
    init(
        _ entries: [TokenizerDefinition.Entry], _ merges: [(left: String, right: String)]
    ) throws(TokenizerError) {
        var ids: [[UInt8]: Int] = [:]
        for (id, entry) in entries.enumerated() where entry.kind == .normal { ids[Array(entry.spelling.utf8)] = id }
        var scores = [Float](repeating: 0, count: entries.count)
        var counts = [Int](repeating: 0, count: entries.count)
        var last = -1
        var groups = 0
        for merge in merges {
            guard let id = ids[Array((merge.left + merge.right).utf8)] else { continue }
            if id != last {
                guard counts[id] == 0 else { throw Self.unsayable("the merges of \(entries[id].spelling) stand apart") }
                groups += 1
                scores[id] = -Float(groups)
                last = id
            }
            counts[id] += 1
        }
        for (spelling, id) in ids
        where Self.splits(spelling).count(where: { ids[$0] != nil && ids[$1] != nil }) != counts[id] {
            throw Self.unsayable("not every way to make \(entries[id].spelling) is a merge")
        }
        for (id, entry) in entries.enumerated() where entry.kind == .unused { scores[id] = -10000 }
        self.scores = scores
    }

    /// Every way to cut a spelling in two between characters.
    static func splits(_ spelling: [UInt8]) -> [([UInt8], [UInt8])] {
        spelling.indices.dropFirst().filter { spelling[$0] & 0xC0 != 0x80 }.map {
            (Array(spelling[..<$0]), Array(spelling[$0...]))
        }
    }

    /// The characters of a spelling.
    static func characters(_ spelling: [UInt8]) -> [[UInt8]] {
        let starts = spelling.indices.filter { $0 == 0 || spelling[$0] & 0xC0 != 0x80 }
        return starts.enumerated().map { number, start in
            Array(spelling[start..<(number + 1 < starts.count ? starts[number + 1] : spelling.count)])
        }
    }

    private static func unsayable(_ why: String) -> TokenizerError {
        .unsupported("model.merges", "merges that scores cannot say: \(why)", supported: ["merges made from scores"])
    }
}
