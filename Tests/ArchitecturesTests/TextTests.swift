import Architectures
import Documents
import Foundation
import Formats
import Storage
import TestSupport
import Testing
import Tokenizers

@Suite("Tokenizers of checkpoints")
struct TextTests {
    /// A tiny folder with the teaching models' tokenizer, and an embedding of that many rows.
    private func makeFolder(_ folder: TemporaryFolder, rows: Int, files: [String: JSON] = [:]) throws -> String {
        let oracle = try Oracle("gptoss-plain")
        let path = try folder.copy(oracle, configuration: ["vocab_size": .number(JSONNumber(rows))])
        let archive = try Archive.open(oracle.folder)
        var tensors = archive.tensors.map { TensorPlan(copying: $0) }
        for name in ["model.embed_tokens.weight", "lm_head.weight"] {
            tensors.removeAll { $0.name == name }
            let zeros = [UInt8](repeating: 0, count: rows * 32 * 2)
            tensors.append(
                TensorPlan(name: name, format: .block(.bf16), shape: [rows, 32]) { sink in
                    try zeros.withUnsafeBytes { try sink($0) }
                })
        }
        try FileManager.default.removeItem(atPath: path + "/model.safetensors")
        try SafetensorsWriter(tensors: tensors).write(to: path + "/model.safetensors")
        try FileManager.default.copyItem(
            atPath: Fixtures.teachingModelPath("tokenizer.json"), toPath: path + "/tokenizer.json")
        for (name, value) in files { try Data(value.utf8()).write(to: URL(fileURLWithPath: path + "/" + name)) }
        return path
    }

    private let settings: JSON = [
        "bos_token": "<|endoftext|>", "eos_token": ["content": "<|end|>"], "chat_template": "{{ messages }}",
    ]

    @Test("a folder's tokenizer gives the ids that the GGUF of the same model gives, and survives translation")
    func folderTokenizer() throws {
        let folder = try TemporaryFolder()
        let path = try makeFolder(folder, rows: 2060, files: ["tokenizer_config.json": settings])
        let checkpoint = try Checkpoint.open(path)
        #expect(checkpoint.hasTokenizer)
        #expect(try checkpoint.chatTemplate() == "{{ messages }}")
        try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf")
        let reopened = try Checkpoint.open(folder.path + "/out.gguf")
        #expect(try reopened.chatTemplate() == "{{ messages }}")
        let teaching = try Checkpoint.open(Fixtures.teachingModelPath("teach-gptoss-bf16.gguf"))
        let text = "When Mary and John went to the store,\n  John gave a drink to 7 héros<|end|>"
        let ids = try teaching.tokenizer().encode(text)
        #expect(try checkpoint.tokenizer().encode(text) == ids)
        #expect(try reopened.tokenizer().encode(text) == ids)
        let vocabulary = try reopened.tokenizer().vocabulary
        #expect(vocabulary.count == 2060)
        #expect(try vocabulary.kind(of: 2059) == .unused)
        #expect(try vocabulary.eos == checkpoint.tokenizer().vocabulary.eos)
        // As llama.cpp's converter wrote them for the same tokenizer.
        for key in ["model", "pre", "merges"] {
            let name = "tokenizer.ggml." + key
            #expect(reopened.archive.metadata[name] == teaching.archive.metadata[name], "\(key)")
        }
        let tokens = reopened.archive.metadata["tokenizer.ggml.tokens"]?.strings?.prefix(2048)
        #expect(tokens.map { Array($0) } == teaching.archive.metadata["tokenizer.ggml.tokens"]?.strings)
    }

    @Test("the ids that end a text are gathered from the folder's files")
    func endOfGeneration() throws {
        let folder = try TemporaryFolder()
        let path = try makeFolder(
            folder, rows: 2048,
            files: ["tokenizer_config.json": settings, "generation_config.json": ["eos_token_id": [5, 7]]])
        let end = try Checkpoint.open(path).tokenizer().vocabulary.endOfGeneration
        #expect(end.contains(5) && end.contains(7))
    }

    @Test("a vocabulary longer than the embedding is refused")
    func longVocabulary() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint.open(try makeFolder(folder, rows: 2000))
        let error = #expect(throws: BindingError.self) { _ = try checkpoint.tokenizer() }
        #expect(error?.message == "2048 tokens, but the embedding has 2000 rows")
        let gguf = try folder.copy(
            try Oracle("gptoss-plain"),
            metadata: ["tokenizer.ggml.tokens": .array(MetadataArray((0..<97).map { "t\($0)" }))])
        let opening = #expect(throws: BindingError.self) { _ = try Checkpoint.open(gguf) }
        #expect(opening?.message == "97 tokens, but the embedding has 96 rows")
    }

    @Test("a damaged tokenizer leaves the model usable")
    func damagedTokenizer() throws {
        let folder = try TemporaryFolder()
        let path = try makeFolder(folder, rows: 2048)
        try Data("{\"model\": ".utf8).write(to: URL(fileURLWithPath: path + "/tokenizer.json"))
        let checkpoint = try Checkpoint.open(path)
        let error = #expect(throws: BindingError.self) { _ = try checkpoint.tokenizer() }
        #expect(error?.subject.contains("tokenizer.json, byte") == true)
        #expect(throws: BindingError.self) { try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf") }
        #expect(!folder.names.contains("out.gguf"))
    }

    @Test("one tokenizer serves all threads")
    func threads() async throws {
        let checkpoint = try Checkpoint.open(Fixtures.teachingModelPath("teach-qwen3moe-bf16.gguf"))
        let ids = await withTaskGroup(of: [Int]?.self) { group in
            for _ in 0..<8 { group.addTask { (try? checkpoint.tokenizer())?.encode("Hello world") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(ids.map { $0 ?? [] }) == [[43, 308, 800, 902, 79, 71]])
    }
}
