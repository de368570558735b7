import Documents
import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite struct HuggingFaceGoldens {
    @Test(arguments: PreTokenizer.allCases)
    func textsAreCutAlike(pre: PreTokenizer) throws {
        let texts = try TokenizerFixtures.texts()
        let golden = try #require(
            // OLMo cuts as GPT-2 does.
            try TokenizerFixtures.json("splits.json")[pre == .olmo ? "gpt-2" : pre.rawValue]?.asArray)
        #expect(texts.count == golden.count && texts.count > 2200)
        for (text, lengths) in zip(texts, golden) {
            var start = 0
            let found = pre.pieceEnds(of: text).map { end in
                defer { start = end }
                return end - start
            }
            #expect(
                TokenizerFixtures.agree(found, lengths), "\(text.prefix(200).debugDescription): \(found.prefix(40))")
        }
    }

    @Test(arguments: ["gpt-2", "qwen2", "llama-bpe", "small-qwen2", "small-llama-bpe", "small-gpt-4o"])
    func textsHaveTheSameIDs(name: String) throws {
        let tokenizer = try TokenizerFixtures.tokenizer(name)
        let texts = try TokenizerFixtures.texts()
        let json = try TokenizerFixtures.json("ids.json")
        let golden = try #require(json["ids"]?[name]?.asArray)
        #expect(texts.count == golden.count)
        for (text, ids) in zip(texts, golden) {
            // The goldens of whole vocabularies are made without a post-processor.
            let found = tokenizer.encode(text, parsingSpecialTokens: true, addingBoundary: name.hasPrefix("small-"))
            #expect(TokenizerFixtures.agree(found, ids), "\(text.prefix(200).debugDescription): \(found.prefix(40))")
        }
        let asText = try #require(json["asText"]?[name]?.asArray)
        for (text, ids) in zip(texts, asText) {
            let found = tokenizer.encode(text, parsingSpecialTokens: false, addingBoundary: false)
            #expect(
                TokenizerFixtures.agree(found, ids), "as text \(text.prefix(200).debugDescription): \(found.prefix(40))"
            )
        }
    }

    @Test(arguments: ["gpt-2", "qwen2", "llama-bpe", "small-qwen2", "small-llama-bpe", "small-gpt-4o"])
    func idsDecodeToTheText(name: String) throws {
        let tokenizer = try TokenizerFixtures.tokenizer(name)
        var expected = try TokenizerFixtures.texts()
        // Where the tokenizer composes characters the text comes back composed.
        let golden = try #require(try TokenizerFixtures.json("ids.json")["decoded"]?[name]?.asArray)
        #expect(golden.isEmpty != name.contains("qwen2"))
        let texts = expected
        for entry in golden {
            let (index, decoded) = (try #require(entry[0]?.asInteger), try #require(entry[1]?.asString))
            expected[index] = decoded
        }
        for (text, expected) in zip(texts, expected) {
            let ids = tokenizer.encode(text, parsingSpecialTokens: true, addingBoundary: false)
            let decoded = try tokenizer.decode(ids)
            #expect(decoded.utf8.elementsEqual(expected.utf8), "\(text.prefix(200).debugDescription)")
            var decoder = tokenizer.makeStreamingDecoder()
            var streamed = ""
            for id in ids { streamed += try decoder.append(id) }
            #expect(streamed.utf8.elementsEqual(expected.utf8), "streamed \(text.prefix(200).debugDescription)")
            #expect(decoder.finish().isEmpty)
        }
    }

    @Test func theTeachingTokenizerAgreesOnTheHeldOutTexts() throws {
        let folder = RepositoryRoot.url.appendingPathComponent("examples/models")
        let document = try JSON(parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent("tokenizer.json"))))
        let tokenizer = try TokenizerDefinition(tokenizerJSON: document).makeTokenizer()
        let golden = try #require(try TokenizerFixtures.json("heldout.json").asObject)
        #expect(golden.count == 11)
        for file in golden.members {
            let bytes = try Data(contentsOf: folder.appendingPathComponent(file.key))
            let ids = tokenizer.encode(String(decoding: bytes, as: UTF8.self))
            #expect(ids.count == file.value["count"]?.asInteger, "\(file.key)")
            #expect(TokenizerFixtures.digest(ids) == file.value["digest"]?.asString, "\(file.key)")
            for line in file.value["lines"]?.asArray ?? [] {
                let text = try #require(line[0]?.asString)
                #expect(tokenizer.encode(text) == TokenizerFixtures.integers(line[1]))
            }
        }
    }
}
