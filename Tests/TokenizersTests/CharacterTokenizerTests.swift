import Documents
import TestSupport
import Testing
import Tokenizers

/// SentencePiece models written as tokenizer.json, against Hugging Face's tokenizers.
@Suite struct CharacterTokenizers {
    static let kinds = ["prepend", "replace", "first", "always", "never"]

    private func texts(_ golden: JSON) throws -> [String] {
        let count = try #require(golden["count"]?.asInteger)
        let extra = TokenizerFixtures.strings(golden["extra"])
        return try TokenizerFixtures.texts().prefix(count - extra.count) + extra
    }

    private func definition(_ kind: String) throws -> TokenizerDefinition {
        try TokenizerDefinition(
            tokenizerJSON: TokenizerFixtures.json("spm-\(kind).json"), configuration: ["bos_token": "<s>"])
    }

    @Test(arguments: kinds)
    func textsHaveTheSameIDs(kind: String) throws {
        let golden = try TokenizerFixtures.json("spm-ids.json")
        let texts = try texts(golden)
        let tokenizer = try definition(kind).makeTokenizer()
        let (ids, asText) = (golden["ids"]?[kind]?.asArray ?? [], golden["asText"]?[kind]?.asArray ?? [])
        #expect(texts.count == ids.count && texts.count == asText.count && texts.count > 900)
        for (index, text) in texts.enumerated() {
            let found = tokenizer.encode(text)
            #expect(
                TokenizerFixtures.agree(found, ids[index]), "\(text.prefix(200).debugDescription): \(found.prefix(40))")
            let plain = tokenizer.encode(text, parsingSpecialTokens: false, addingBoundary: false)
            #expect(
                TokenizerFixtures.agree(plain, asText[index]),
                "as text \(text.prefix(200).debugDescription): \(plain.prefix(40))")
        }
    }

    @Test(arguments: kinds)
    func idsDecodeAlike(kind: String) throws {
        let golden = try TokenizerFixtures.json("spm-ids.json")
        let texts = try texts(golden)
        var expected = texts
        for entry in golden["decoded"]?[kind]?.asArray ?? [] {
            expected[try #require(entry[0]?.asInteger)] = try #require(entry[1]?.asString)
        }
        let tokenizer = try definition(kind).makeTokenizer()
        for (text, expected) in zip(texts, expected) {
            let ids = tokenizer.encode(text, parsingSpecialTokens: true, addingBoundary: false)
            #expect(try tokenizer.decode(ids).utf8.elementsEqual(expected.utf8), "\(text.prefix(200).debugDescription)")
        }
    }

    /// What llama.cpp reads: scores, by which it merges, instead of a list of merges.
    @Test(arguments: ["prepend", "replace"])
    func asGGUFTheIDsStay(kind: String) throws {
        let definition = try definition(kind)
        let file = try definition.ggufVocabulary(rows: 900)
        #expect(file.model == "llama" && file.tokens.count == 900 && file.scores.count == 900)
        #expect(file.tokenTypes[0...3] == [2, 3, 3, 6] && file.tokenTypes[899] == 5)
        #expect(file.addsBOS == true && file.addsSpacePrefix == (kind == "prepend"))
        let (ours, theirs) = (
            try definition.makeTokenizer(), try TokenizerDefinition(gguf: file).makeTokenizer()
        )
        for text in try TokenizerFixtures.texts().prefix(900) {
            let ids = ours.encode(text, parsingSpecialTokens: false, addingBoundary: false)
            // SentencePiece's own files hold no added text; these tokenizers cut theirs out before a space is put in front.
            if text.contains("<tool>") || text.contains("world") { continue }
            #expect(
                theirs.encode(text, parsingSpecialTokens: false, addingBoundary: false) == ids, "\(text.prefix(99))")
        }
    }

    /// Scores as a list of merges again, as a GGUF file's folder has them.
    @Test(arguments: ["prepend", "replace"])
    func asMergesAgainTheIDsStay(kind: String) throws {
        let file = try definition(kind).ggufVocabulary()
        let scored = try TokenizerDefinition(gguf: file)
        let merged = try TokenizerDefinition(
            tokenizerJSON: scored.tokenizerJSON(), configuration: ["bos_token": "<s>", "eos_token": "</s>"])
        let (ours, theirs) = (try scored.makeTokenizer(), try merged.makeTokenizer())
        for text in try TokenizerFixtures.texts().prefix(900) {
            for isParsed in [true, false] {
                let ids = ours.encode(text, parsingSpecialTokens: isParsed, addingBoundary: true)
                #expect(
                    theirs.encode(text, parsingSpecialTokens: isParsed, addingBoundary: true) == ids,
                    "\(text.prefix(99))")
            }
        }
    }

    @Test func piecesThatNoMergeMakesAreRefusedAsMerges() throws {
        var file = try definition("prepend").ggufVocabulary()
        let place = file.tokens.count
        file.tokens.append("\u{4E00}\u{4E8C}")
        file.tokenTypes.append(1)
        file.scores.append(-1)
        let error = #expect(throws: TokenizerError.self) {
            _ = try TokenizerDefinition(gguf: file).tokenizerJSON()
        }
        #expect(error?.subject == "tokenizer.ggml.tokens, id \(place)")
        file.scores[place] = .nan
        #expect(throws: TokenizerError.self) { _ = try TokenizerDefinition(gguf: file).tokenizerJSON() }
    }

    @Test func mergesThatScoresCannotSayAreRefused() throws {
        let whole = try TokenizerFixtures.json("spm-prepend.json")
        guard var document = whole.asObject, var model = document["model"]?.asObject,
            var merges = model["merges"]?.asArray
        else {
            Issue.record("no merges")
            return
        }
        merges.removeLast()
        model["merges"] = .array(merges)
        document["model"] = .object(model)
        let lacking = try TokenizerDefinition(tokenizerJSON: .object(document))
        let error = #expect(throws: TokenizerError.self) { _ = try lacking.ggufVocabulary() }
        #expect(error?.subject == "model.merges")
        merges.insert(["\u{2581}", "zzz"], at: 0)
        model["merges"] = .array(merges)
        document["model"] = .object(model)
        let foreign = try TokenizerDefinition(tokenizerJSON: .object(document))
        #expect(throws: TokenizerError.self) { _ = try foreign.makeTokenizer() }
    }

    @Test func composedTextOfGPT2sPiecesIsOLMos() throws {
        var document = try #require(try TokenizerFixtures.json("small-qwen2.json").asObject)
        document["pre_tokenizer"] = [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
        ]
        let definition = try TokenizerDefinition(tokenizerJSON: .object(document))
        #expect(try definition.makeTokenizer().summary == "byte-level BPE, olmo, NFC")
        let file = try definition.ggufVocabulary()
        #expect(file.pre == "olmo")
        let again = try TokenizerDefinition(gguf: file).makeTokenizer()
        let first = try definition.makeTokenizer()
        for text in ["e\u{301}t\u{e9} I'm  here 12345\n\nand there", "A\u{30a} b"] {
            #expect(again.encode(text) == first.encode(text))
        }
    }
}
