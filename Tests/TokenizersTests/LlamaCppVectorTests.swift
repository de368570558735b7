import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite struct LlamaCppVectors {
    @Test(arguments: ["gpt-2", "qwen2", "llama-bpe", "llama-spm"])
    func casesHaveTheIDsThatLlamaCppGives(name: String) throws {
        let tokenizer = try TokenizerFixtures.tokenizer(name)
        let input = String(decoding: try Fixtures.data("tokenizers/llama.cpp/\(name).inp"), as: UTF8.self)
        let output = String(decoding: try Fixtures.data("tokenizers/llama.cpp/\(name).out"), as: UTF8.self)
        let texts = input.components(separatedBy: "\n__ggml_vocab_test__\n")
        let rows = output.components(separatedBy: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
        #expect(texts.count >= 46)
        for (text, ids) in zip(texts, rows) {
            let found = tokenizer.encode(text, parsingSpecialTokens: false, addingBoundary: false)
            #expect(found == ids, "\(text.debugDescription)")
        }
    }
}
