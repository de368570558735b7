import Language
import Testing

/// A bar marks the cursor.
@Suite struct CompletionTests {
    private func completion(_ text: String) -> Completion {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let vocabulary = Vocabulary(ToySignatures.all)
        return Completion.at(parts[0].utf8.count, in: SourceText(parts.joined()), vocabulary: vocabulary)
    }

    private func candidates(_ text: String) -> [String] {
        completion(text).candidates(
            vocabulary: Vocabulary(ToySignatures.all), variables: ["clean", "corrupt", "m"],
            members: { $0 == "m.layers[2]" ? ["experts", "heads", "router"] : $0 == "m" ? ["experts", "layers"] : [] })
    }

    @Test func aStatementStartsWithAVerbAVariableOrAWordOfTheLanguage() {
        #expect(candidates("pa|") == ["patch"])
        #expect(candidates("c|") == ["clean", "compare", "corpus", "corrupt"])
        #expect(candidates("x = 3; d|") == ["def", "diff", "dry-run"])
        #expect(candidates("for i in 0..<3 { wi|") == ["with"])
    }

    @Test func afterAVerbComeArgumentsAndLabels() {
        #expect(candidates("patch m.heads[2, 5] fr|") == ["from"])
        #expect(candidates("patch m.heads from clean |") == ["at", "into", "measure"])
        #expect(candidates("patch |").contains("each"))
        #expect(candidates("time pat|") == ["patch"])
        #expect(candidates("time patch m.heads fro|") == ["from"])
        #expect(candidates("x = perp|") == ["perplexity"])
    }

    @Test func aChoiceOffersItsWords() {
        #expect(candidates("score m.experts by |") == ["ean", "frequency", "over", "reap"])
        #expect(candidates("ablate m.heads with me|") == ["mean", "measure"])
        #expect(candidates("ablate m.heads with mean |") == ["into", "measure", "over"])
        #expect(candidates("patch m.heads measure k|") == ["kl"])
        #expect(candidates("patch m.heads measure kl fr|") == ["from"])
    }

    @Test func aWordInTheFirstPlaceNarrowsThoseInTheSecond() {
        let words = ["precision": ["exact", "fast"], "kv": ["f32", "q8_0"]]
        let verb = Signature(
            "adjust", "adjusts", category: ToySignatures.looks,
            parameters: [
                Parameter("setting", .choice(words.keys.sorted()), "which"),
                Parameter("value", .choice(words.values.flatMap(\.self)), "to what", narrowing: words),
            ], labels: [Label("until", Parameter("position", .integer)).only(behind: "kv"), Label("quietly")])
        func candidates(_ text: String) -> [String] {
            let vocabulary = Vocabulary([verb])
            return Completion.at(text.utf8.count, in: SourceText(text), vocabulary: vocabulary)
                .candidates(vocabulary: vocabulary, variables: [], members: { _ in [] })
        }
        #expect(candidates("adjust ") == ["kv", "precision", "quietly"])
        #expect(candidates("adjust precision ") == ["exact", "fast", "quietly"])
        #expect(candidates("adjust kv q8") == ["q8_0"])
        #expect(candidates("adjust kv q8_0 ") == ["quietly", "until"])
        #expect(candidates("adjust precision fast ") == ["quietly"])
    }

    @Test func aFullStopOffersMembersOfThePath() {
        #expect(candidates("m.|") == ["experts", "layers"])
        #expect(candidates("ablate m.layers[2].exp|") == ["experts"])
        #expect(candidates("x = (perplexity m.l|") == ["layers"])
        #expect(candidates("broken ( line\nm.la|") == [])
        #expect(candidates("broken ] line\nm.la|") == ["layers"])
    }

    @Test func aTextOffersFiles() throws {
        guard case .text(let written) = completion("open \"examples/mo|").expectation else {
            Issue.record("no text")
            return
        }
        #expect(written == "examples/mo")
    }

    @Test func nothingIsOfferedWhereNothingCanStand() {
        #expect(candidates("m.heads|[2").isEmpty)
        #expect(candidates("print 1 # pa|").isEmpty)
        #expect(candidates("print 12|").isEmpty)
        #expect(candidates("f(x)|").isEmpty)
    }

    @Test func theReplacedBytesAreTheWordSoFar() {
        let found = completion("  pat|ch m")
        #expect(found.typed == "pat")
        #expect(found.span == Span(2, 5))
    }
}
