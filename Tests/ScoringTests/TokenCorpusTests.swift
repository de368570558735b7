import Scoring
import Testing

struct TokenCorpusTests {
    @Test func windowsLeaveOutTheTail() throws {
        let corpus = try TokenCorpus(name: "text", text: Array(0..<10), windowLength: 4)
        #expect(corpus.items.map(\.tokens) == [[0, 1, 2, 3], [4, 5, 6, 7]])
        #expect(corpus.droppedTokens == 2)
        #expect(corpus.windowLength == 4)
    }

    @Test func aTextShorterThanAWindowNamesTheLengthThatFits() {
        let error = #expect(throws: ScoringError.self) {
            try TokenCorpus(name: "text", text: [1, 2, 3], windowLength: 512)
        }
        #expect(error?.remedy?.contains("context 3") == true)
    }

    @Test(
        arguments: [
            (nil, nil, 1, [0, 1, 2, 3, 4]), (1, 3, 1, [1, 2]), (-2, nil, 1, [3, 4]), (nil, -1, 2, [0, 2]),
            (nil, nil, -1, [4, 3, 2, 1, 0]), (10, nil, -2, [4, 2, 0]), (nil, 99, 4, [0, 4]), (3, 0, -1, [3, 2, 1]),
        ] as [(Int?, Int?, Int, [Int])])
    func slicesAsNumPyDoes(start: Int?, end: Int?, step: Int, expected: [Int]) throws {
        let corpus = TokenCorpus(name: "c", items: (0..<5).map { TokenItem(tokens: [$0]) })
        #expect(try corpus.sliced(from: start, to: end, by: step).items.map { $0.tokens[0] } == expected)
    }

    @Test func emptySlicesAndUnknownFamiliesSayWhatThereIs() throws {
        let corpus = TokenCorpus(
            name: "c", items: [TokenItem(tokens: [1], family: "ioi"), TokenItem(tokens: [2], family: "json")])
        #expect(throws: ScoringError.self) { try corpus.sliced(from: 1, to: 1) }
        #expect(throws: ScoringError.self) { try corpus.sliced(by: 0) }
        #expect(throws: ScoringError.self) { try corpus.item(2) }
        let error = #expect(throws: ScoringError.self) { try corpus.family("code") }
        #expect(error?.remedy == "families: ioi, json")
        #expect(try corpus.item(-1).items[0].tokens == [2])
        #expect(try corpus.family("json").items.count == 1)
    }
}
