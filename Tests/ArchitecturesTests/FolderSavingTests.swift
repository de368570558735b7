import Architectures
import Documents
import Formats
import Foundation
import Inference
import Kernels
import Storage
import Tensors
import TestSupport
import Testing
import Tokenizers

@Suite("Saving Hugging Face folders")
struct FolderSavingTests {
    /// What folders hold as they are.
    private static let plain: Set<String> = ["bf16", "f16", "f32", "mxfp4"]

    private static func holdsGGUFOnly(_ model: Model) -> Bool {
        ModelSize(model).formats.contains { !plain.contains($0.name) }
    }

    @Test("a folder saved again holds the same tensors", arguments: Fixtures.oracleNames + PackedReadingTests.paths)
    func folderIdentity(name: String) throws {
        let path = name.hasPrefix("packed/") ? Fixtures.path(name) : try Oracle(name).folder
        guard FileManager.default.fileExists(atPath: path + "/config.json") else { return }
        let checkpoint = try Checkpoint.open(path)
        let folder = try TemporaryFolder()
        try checkpoint.saveFolder(checkpoint.model, to: folder.path + "/out")
        let again = try Archive.open(folder.path + "/out")
        for entry in checkpoint.archive.tensors {
            let ours = try #require(again[entry.name], "\(entry.name)")
            #expect(ours.shape == entry.shape && ours.format == entry.format, "\(entry.name)")
            #expect(ours.withBytes { Array($0) } == entry.withBytes { Array($0) }, "\(entry.name)")
        }
        #expect(again.tensors.count == checkpoint.archive.tensors.count)
        let reopened = try Checkpoint.open(folder.path + "/out")
        #expect(reopened.model.blueprint == checkpoint.model.blueprint)
    }

    @Test("GGUF to a folder and back keeps every tensor's bits", arguments: Oracle.inGGUF)
    func throughAFolder(name: String) throws {
        let checkpoint = try Checkpoint.open(try Oracle(name).gguf)
        let folder = try TemporaryFolder()
        guard !Self.holdsGGUFOnly(checkpoint.model) else {
            let error = #expect(throws: BindingError.self) {
                try checkpoint.saveFolder(checkpoint.model, to: folder.path + "/out")
            }
            #expect(error?.remedy?.contains("dequantize") == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
            return
        }
        try checkpoint.saveFolder(checkpoint.model, to: folder.path + "/out")
        let between = try Checkpoint.open(folder.path + "/out")
        #expect(between.model.blueprint == checkpoint.model.blueprint)
        #expect(differingRoles(between.model, checkpoint.model) == [])
        try between.save(between.model, to: folder.path + "/back.gguf")
        let back = try Archive.open(folder.path + "/back.gguf")
        for entry in checkpoint.archive.tensors {
            let ours = try #require(back[entry.name], "\(entry.name)")
            #expect(ours.shape == entry.shape && ours.format == entry.format, "\(entry.name)")
            #expect(ours.withBytes { Array($0) } == entry.withBytes { Array($0) }, "\(entry.name)")
        }
    }

    @Test("a folder to GGUF and back keeps every tensor's bits and types", arguments: Oracle.inBoth)
    func throughGGUF(name: String) throws {
        let oracle = try Oracle(name)
        let checkpoint = try Checkpoint.open(oracle.folder)
        let folder = try TemporaryFolder()
        try checkpoint.save(checkpoint.model, to: folder.path + "/between.gguf")
        let between = try Checkpoint.open(folder.path + "/between.gguf")
        try between.saveFolder(between.model, to: folder.path + "/back")
        let back = try Archive.open(folder.path + "/back")
        for entry in checkpoint.archive.tensors {
            let ours = try #require(back[entry.name], "\(entry.name)")
            #expect(ours.shape == entry.shape && ours.format == entry.format, "\(entry.name)")
            #expect(ours.withBytes { Array($0) } == entry.withBytes { Array($0) }, "\(entry.name)")
        }
    }

    @Test("teaching models become folders whose tokenizers give the same ids", arguments: ["gptoss", "qwen3moe"])
    func teaching(name: String) throws {
        let checkpoint = try Checkpoint.open(Fixtures.teachingModelPath("teach-\(name)-bf16.gguf"))
        let folder = try TemporaryFolder()
        try checkpoint.saveFolder(checkpoint.model, to: folder.path + "/out")
        let again = try Checkpoint.open(folder.path + "/out")
        #expect(again.model.blueprint == checkpoint.model.blueprint)
        #expect(differingRoles(again.model, checkpoint.model) == [])
        let (ours, theirs) = (try again.tokenizer(), try checkpoint.tokenizer())
        for text in ["When Mary and John went to the store,", " 3 + 45 = 48\n\n", "naïve 日本 🙂", "<|endoftext|>a"] {
            #expect(ours.encode(text) == theirs.encode(text))
        }
        let (template, original) = (try again.chatTemplate(), try checkpoint.chatTemplate())
        #expect(template == original)
    }

    @Test(
        "a pruned folder has fewer experts, renumbered, and says so in config.json",
        arguments: [
            "gptoss-mxfp4", "qwen3moe-plain", "packed/w4a16", "packed/fp8", "packed/gptq",
        ])
    func pruned(name: String) throws {
        let path = name.hasPrefix("packed/") ? Fixtures.path(name) : try Oracle(name).folder
        let checkpoint = try Checkpoint.open(path)
        let kept = [1, 3]
        var model = checkpoint.model
        model.tensors = [:]
        for (role, matrix) in checkpoint.model.tensors {
            let isRouting = role.part == .router || role.part == .routerBias
            if let expert = role.expert, let number = kept.firstIndex(of: expert) {
                model.tensors[Role(role.part, layer: role.layer, expert: number)] = matrix
            } else if role.expert == nil {
                model.tensors[role] = isRouting ? matrix.keeping(kept, isVector: role.part == .routerBias) : matrix
            }
        }
        for layer in model.blueprint.expertLayers {
            let old = model.blueprint.layers[layer]
            model.blueprint.layers[layer].feedForward = .experts(
                count: 2, active: old.activeExpertCount, width: old.feedForwardWidth)
        }
        let folder = try TemporaryFolder()
        try checkpoint.saveFolder(model, to: folder.path + "/out")
        let again = try Checkpoint.open(folder.path + "/out")
        #expect(again.model.blueprint == model.blueprint)
        #expect(differingRoles(again.model, model) == [])
        let counts = ["num_experts", "num_local_experts"].compactMap { again.archive.configuration?[$0]?.asInteger }
        #expect(counts == [2])
    }

    @Test("large folders are cut into shards with an index that the reader follows")
    func shards() throws {
        let checkpoint = try Checkpoint.open(try Oracle("qwen3moe-plain").folder)
        let folder = try TemporaryFolder()
        var writer = try FolderWriter(checkpoint.model, from: checkpoint)
        writer.folder.largestShard = 20_000
        try writer.write(to: folder.path + "/out/")
        let again = try Checkpoint.open(folder.path + "/out")
        #expect(again.archive.files.count > 3)
        #expect(differingRoles(again.model, checkpoint.model) == [])
        let index = try JSON(
            parsing: Array(Data(contentsOf: URL(fileURLWithPath: folder.path + "/out/model.safetensors.index.json"))))
        #expect(index["metadata"]?["total_size"]?.asInteger == checkpoint.archive.tensorBytes)
    }
}

extension Matrix {
    /// Some rows, or of a vector some elements, as float32 in memory.
    fileprivate func keeping(_ kept: [Int], isVector: Bool) -> Matrix {
        let values = bits(self).map { Float(bitPattern: $0) }
        let taken = isVector ? kept.map { values[$0] } : kept.flatMap { values[$0 * columns..<($0 + 1) * columns] }
        let width = isVector ? kept.count : columns
        return Matrix(
            rows: isVector ? 1 : kept.count, columns: width, format: .f32, source: MemorySource(taken), offset: 0,
            rowStride: width * 4)
    }
}
