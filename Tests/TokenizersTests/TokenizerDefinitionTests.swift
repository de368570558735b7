import Documents
import Testing
import Tokenizers

@Suite struct TokenizerDefinitions {
    @Test func aHuggingFaceTokenizerSurvivesTheWayThroughGGUF() throws {
        let texts = try TokenizerFixtures.texts().prefix(400)
        for name in ["small-qwen2", "small-llama-bpe", "small-gpt-4o"] {
            let configuration: JSON = name == "small-llama-bpe" ? ["bos_token": "<|start|>"] : [:]
            let definition = try TokenizerDefinition(
                tokenizerJSON: TokenizerFixtures.json(name + ".json"), configuration: configuration)
            let file = try definition.ggufVocabulary(rows: 1024)
            #expect(file.tokens.count == 1024)
            #expect(file.tokens.last == "[PAD1023]")
            #expect(file.tokenTypes.last == 5)
            let direct = try definition.makeTokenizer()
            let again = try TokenizerDefinition(gguf: file).makeTokenizer()
            #expect(again.boundary.prefix == direct.boundary.prefix)
            // GGUF cannot say that a piece is cut out after composing; `</tool>` is written so in the second file.
            for text in texts where !text.contains("</tool>") {
                #expect(again.encode(text) == direct.encode(text), "\(name) \(text.prefix(100).debugDescription)")
            }
        }
    }

    @Test func theBOSRuleIsStated() throws {
        let llama = try TokenizerFixtures.tokenizer("llama-bpe")
        #expect(llama.boundary.prefix == [128_000])
        #expect(llama.boundary.rule == "adds BOS: it is the custom of llama-bpe tokenizers")
        #expect(llama.encode("hi") == [128_000, 6151])
        let qwen = try TokenizerFixtures.tokenizer("qwen2")
        #expect(qwen.boundary.prefix.isEmpty)
        #expect(qwen.summary == "byte-level BPE, qwen2, NFC")
        var file = try TokenizerFixtures.vocabulary("gpt-2")
        file.addsBOS = true
        file.addsEOS = true
        let gpt2 = try TokenizerDefinition(gguf: file).makeTokenizer()
        #expect(gpt2.encode("a") == [50256, 64, 50256])
        #expect(gpt2.encode("a", parsingSpecialTokens: true, addingBoundary: false) == [64])
        #expect(gpt2.boundary.rule == "adds BOS: tokenizer.ggml.add_bos_token is true; adds EOS")
    }

    @Test func theConfigurationOverridesTheTemplate() throws {
        let json = try TokenizerFixtures.json("small-llama-bpe.json")
        let template = try TokenizerDefinition(tokenizerJSON: json).makeTokenizer()
        let start = try #require(template.vocabulary.id(ofSpelling: "<|start|>"))
        #expect(template.boundary.prefix == [start])
        let without = try TokenizerDefinition(tokenizerJSON: json, configuration: ["add_bos_token": false])
        #expect(try without.makeTokenizer().boundary.prefix == [])
        let with = try TokenizerDefinition(
            tokenizerJSON: json, configuration: ["add_bos_token": true, "bos_token": ["content": "<|end|>"]])
        #expect(
            try with.makeTokenizer().boundary.prefix == [try #require(template.vocabulary.id(ofSpelling: "<|end|>"))])
    }

    @Test func marksAreFoundByName() throws {
        let qwen = try TokenizerFixtures.tokenizer("qwen2").vocabulary
        #expect(qwen.eos == 151_643)
        #expect(qwen.endOfGeneration == [151_643, 151_645])
        #expect(qwen.controlIDs == [151_643, 151_644, 151_645])
        // `<|end|>` ends a message, not the turn, where there is `<|return|>`.
        let small = try TokenizerFixtures.json("small-gpt-4o.json")
        var definition = try TokenizerDefinition(tokenizerJSON: small, configuration: ["eos_token": "<|return|>"])
        let marks = try definition.makeTokenizer().vocabulary
        let names = try marks.endOfGeneration.map { try marks.spelling(of: $0) }
        #expect(Set(names) == ["<|endoftext|>", "<|return|>", "<|im_end|>"])
        try definition.addEndOfGeneration([7])
        #expect(try definition.makeTokenizer().vocabulary.endOfGeneration.first == 0)
        #expect(try definition.makeTokenizer().vocabulary.endOfGeneration.contains(7))
    }

    @Test func piecesAreSpelledAndShown() throws {
        let vocabulary = try TokenizerFixtures.tokenizer("gpt-2").vocabulary
        let id = try #require(vocabulary.id(ofSpelling: "\u{120}the"))
        #expect(id == 262)
        #expect(try vocabulary.spelling(of: id) == "\u{120}the")
        #expect(try vocabulary.text(of: id) == " the")
        #expect(try vocabulary.kind(of: id) == .normal)
        #expect(try vocabulary.kind(of: 50256) == .control)
        let half = try #require(vocabulary.id(ofSpelling: "\u{E2}\u{122}"))
        #expect(try vocabulary.text(of: half) == "<0xE2><0x80>")
        #expect(vocabulary.id(ofSpelling: "no such piece") == nil)
    }

    @Test func aPieceThatIsNotWholeIsHeldBack() throws {
        let tokenizer = try TokenizerFixtures.tokenizer("gpt-2")
        let ids = tokenizer.encode("a\u{1F999}b")
        #expect(ids.count > 3)
        var decoder = tokenizer.makeStreamingDecoder()
        let parts = try ids.map { id in try decoder.append(id) }
        #expect(parts.joined() == "a\u{1F999}b")
        #expect(parts.filter { !$0.isEmpty }.count == 3)
        _ = try decoder.append(ids[1])
        #expect(decoder.finish() == "\u{FFFD}")
        #expect(decoder.finish() == "")
    }

    @Test func sentencePieceDropsTheSpaceItAdds() throws {
        let tokenizer = try TokenizerFixtures.tokenizer("llama-spm")
        #expect(tokenizer.encode("Hello world") == [1, 15043, 3186])
        for text in try TokenizerFixtures.texts().prefix(300) {
            let ids = tokenizer.encode(text, parsingSpecialTokens: false, addingBoundary: false)
            #expect(try tokenizer.decode(ids).utf8.elementsEqual(text.utf8), "\(text.prefix(100).debugDescription)")
            var decoder = tokenizer.makeStreamingDecoder()
            var streamed = ""
            for id in ids { streamed += try decoder.append(id) }
            #expect((streamed + decoder.finish()).utf8.elementsEqual(text.utf8))
        }
    }

    @Test func aVocabularyOf200000PiecesIsBuiltQuickly() throws {
        var file = try TokenizerFixtures.vocabulary("llama-bpe")
        for id in file.tokens.count..<201_088 { file.tokens.append("[PAD\(id)]") }
        file.tokenTypes += Array(repeating: 5, count: 201_088 - file.tokenTypes.count)
        file.pre = "gpt-4o"
        let clock = ContinuousClock()
        var count = 0
        let time = try clock.measure { count = try TokenizerDefinition(gguf: file).makeTokenizer().vocabulary.count }
        #expect(count == 201_088)
        // Far above what it takes, to stay true on a busy machine.
        #expect(time < .seconds(5))
    }
}
