import Architectures
import Documents
import Foundation
import Inference
import Kernels
import Tensors
import TestSupport
import Testing
import Tokenizers

/// A GGUF file with a SentencePiece vocabulary, as Llama 2 and Mixtral have it, becomes a Hugging Face folder: the ids of
/// texts stay those of llama.cpp.
struct SentencePieceFolderTests {
    private let path = Fixtures.path("tokenizers/spm-tiny.gguf")

    private func check(_ tokenizer: any Tokenizer) throws {
        let golden = try JSON(parsing: Array(Fixtures.data("tokenizers/spm-tiny.json")))
        let texts = golden["texts"]?.asArray?.compactMap(\.asString) ?? []
        #expect(texts.count > 400)
        for (key, isParsed) in [("parsed", true), ("asText", false)] {
            let expected = golden[key]?.asArray ?? []
            #expect(expected.count == texts.count)
            for (text, ids) in zip(texts, expected) {
                let found = tokenizer.encode(text, parsingSpecialTokens: isParsed, addingBoundary: false)
                #expect(found == ids.asArray?.compactMap(\.asInteger), "\(key) \(text.debugDescription)")
            }
        }
    }

    @Test func theFolderHasTheSameIDsAndLogitsAndSoHasItsGGUF() throws {
        let checkpoint = try Checkpoint.open(path)
        try check(checkpoint.tokenizer())
        let folder = NSTemporaryDirectory() + "lancet-spm-\(UUID().uuidString)"
        defer { for name in [folder, folder + ".gguf"] { try? FileManager.default.removeItem(atPath: name) } }
        try checkpoint.saveFolder(checkpoint.model, to: folder)
        let opened = try Checkpoint.open(folder)
        try check(opened.tokenizer())
        #expect(try opened.tokenizer().encode("hello").first == 1)
        try opened.save(opened.model, to: folder + ".gguf")
        let back = try Checkpoint.open(folder + ".gguf")
        try check(back.tokenizer())
        let engine = Engine(compute: Compute(threads: 1))
        let tokens = try checkpoint.tokenizer().encode("hello world")
        let logits = try [checkpoint, opened, back].map { try engine.run($0.model, tokens: tokens).logits.values }
        #expect(logits[0] == logits[1] && logits[0] == logits[2])
    }

    @Test func theFolderSaysWhatReadersOfLlama2Expect() throws {
        let checkpoint = try Checkpoint.open(path)
        let folder = NSTemporaryDirectory() + "lancet-spm-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try checkpoint.saveFolder(checkpoint.model, to: folder)
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/tokenizer.json"))
        let document = try JSON(parsing: Array(data))
        #expect(document["model"]?["byte_fallback"]?.asBoolean == true)
        #expect(document["model"]?["unk_token"]?.asString == "<unk>")
        #expect(document["normalizer"]?["normalizers"]?[0]?["prepend"]?.asString == "\u{2581}")
        #expect(document["added_tokens"]?.asArray?.count == 5)
    }
}
