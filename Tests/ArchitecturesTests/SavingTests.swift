import Architectures
import Documents
import Foundation
import Formats
import Inference
import Kernels
import Storage
import Tensors
import TestSupport
import Testing

@Suite("Saving checkpoints")
struct SavingTests {
    @Test("an unedited GGUF is saved byte for byte", arguments: Oracle.inGGUF)
    func identity(name: String) throws {
        try expectIdentity(try Oracle(name).gguf)
    }

    @Test("an unedited teaching model is saved byte for byte", arguments: ["gptoss", "qwen3moe"])
    func teachingIdentity(name: String) throws {
        try expectIdentity(Fixtures.teachingModelPath("teach-\(name)-bf16.gguf"))
    }

    private func expectIdentity(_ path: String) throws {
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint.open(path)
        try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf")
        #expect(folder.names == ["out.gguf"])
        let isSame = FileManager.default.contentsEqual(atPath: path, andPath: folder.path + "/out.gguf")
        #expect(isSame)
    }

    @Test("the rope mode of a reader is not saved")
    func ropeMode() throws {
        let folder = try TemporaryFolder()
        let oracle = try Oracle("gptoss-yarn")
        let checkpoint = try Checkpoint.open(oracle.folder, rope: .truncated)
        try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf")
        let reopened = try Checkpoint.open(folder.path + "/out.gguf")
        #expect(reopened.model.blueprint == (try Checkpoint.open(oracle.folder).model.blueprint))
    }

    @Test("a folder becomes a GGUF of the same blueprint and the same bits by role", arguments: Oracle.inBoth)
    func folderToGGUF(name: String) throws {
        let folder = try TemporaryFolder()
        let oracle = try Oracle(name)
        let checkpoint = try Checkpoint.open(oracle.folder)
        try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf")
        let reopened = try Checkpoint.open(folder.path + "/out.gguf")
        #expect(reopened.model.blueprint == checkpoint.model.blueprint)
        #expect(differingRoles(reopened.model, checkpoint.model) == [])
        // The same tensors, to the byte, as the gguf package wrote from the same weights.
        let theirs = try Archive.open(oracle.gguf)
        #expect(Set(reopened.archive.tensors.map(\.name)) == Set(theirs.tensors.map(\.name)))
        for entry in theirs.tensors {
            let ours = try #require(reopened.archive[entry.name])
            #expect(ours.shape == entry.shape && ours.format == entry.format, "\(entry.name)")
            #expect(ours.withBytes { Array($0) } == entry.withBytes { Array($0) }, "\(entry.name)")
        }
        for entry in theirs.metadata
        where !entry.key.hasPrefix("general.name") && !entry.key.hasSuffix("feed_forward_length") {
            #expect(reopened.archive.metadata[entry.key] == entry.value, "\(entry.key)")
        }
    }

    @Test(
        "a tied model gets the output matrix that llama.cpp wants",
        arguments: ["gptoss-every-expert", "qwen2moe-tied"])
    func tiedOutput(name: String) throws {
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint.open(try Oracle(name).folder)
        try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf")
        let model = try Checkpoint.open(folder.path + "/out.gguf").model
        #expect(differingRoles(model, checkpoint.model) == [Role(.output)])
        let output = try #require(model.tensors[Role(.output)])
        let embedding = try #require(checkpoint.model.tensors[Role(.embedding)])
        #expect(bits(output) == bits(embedding))
        #expect(model.blueprint.layers.map(\.window) == checkpoint.model.blueprint.layers.map(\.window))
    }

    @Test(
        "what GGUF cannot carry is refused by name, and nothing is written",
        arguments: [
            ("gptoss-unbiased", "swiglu_alpha, swiglu_limit"),
            ("qwen3moe-unnormalised", "norm_topk_prob false"),
            ("qwen3moe-dense-layers", "mlp_only_layers, decoder_sparse_step"),
            ("qwen3moe-sparse-step", "norm_topk_prob false"),
            ("qwen3moe-sharded", "attention_bias true"),
            ("qwen3moe-windowed", "use_sliding_window true"),
            ("qwen3-windowed", "sliding_window 8"),
            ("qwen2-windowed", "sliding_window 7"),
            ("mistral-windowed", "sliding_window 9"),
            ("mixtral-windowed", "sliding_window 9"),
            ("olmoe-normalised", "norm_topk_prob true"),
            ("olmoe-gqa", "num_key_value_heads 1"),
            ("qwen2moe-sparse", "norm_topk_prob true"),
            ("qwen2moe-unbiased", "qkv_bias false"),
        ])
    func notCarried(name: String, subject: String) throws {
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint.open(try Oracle(name).folder)
        let error = #expect(throws: BindingError.self) {
            try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf")
        }
        #expect(error?.code == "binding.not-carried")
        #expect(error?.subject == subject)
        #expect(folder.names == [])
    }

    @Test("YaRN that ends otherwise than a GGUF is read is refused")
    func truncation() throws {
        let folder = try TemporaryFolder()
        let path = try folder.copy(
            try Oracle("qwen3moe-yarn"),
            configuration: [
                "rope_parameters": [
                    "rope_type": "yarn", "rope_theta": 500.0, "factor": 4.0, "original_max_position_embeddings": 16,
                    "truncate": false,
                ]
            ])
        let checkpoint = try Checkpoint.open(path)
        let error = #expect(throws: BindingError.self) { _ = try CheckpointWriter(checkpoint.model, from: checkpoint) }
        #expect(error?.subject == "rope truncate false")
    }

    @Test("an attention factor and stretched positions survive translation")
    func scalingRoundTrip() throws {
        let ropes: [JSON] = [
            [
                "rope_type": "yarn", "rope_theta": 5000.0, "factor": 6.5, "original_max_position_embeddings": 48,
                "attention_factor": 1.21, "beta_fast": 16.0, "beta_slow": 2.0, "truncate": true,
            ],
            ["rope_type": "linear", "rope_theta": 5000.0, "factor": 3.0],
        ]
        for rope in ropes {
            let folder = try TemporaryFolder()
            let path = try folder.copy(try Oracle("qwen3moe-plain"), configuration: ["rope_parameters": rope])
            let checkpoint = try Checkpoint.open(path)
            try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf")
            #expect(try Checkpoint.open(folder.path + "/out.gguf").model.blueprint == checkpoint.model.blueprint)
        }
    }

    @Test("a target that is mapped is not replaced")
    func mappedTarget() throws {
        let folder = try TemporaryFolder()
        let path = try folder.copy(try Oracle("gptoss-plain"), metadata: [:])
        let checkpoint = try Checkpoint.open(path)
        let error = #expect(throws: StorageError.self) { try checkpoint.save(checkpoint.model, to: path) }
        #expect(error?.kind == .inUse)
        #expect(folder.names == ["gptoss-plain.gguf"])
    }
}
