import Architectures
import Documents
import Formats
import Inference
import Storage
import Tensors
import TestSupport
import Testing

@Suite("What sets families apart")
struct FamilyTests {
    @Test("GGUF's architecture llama is Mixtral where there are experts, else Llama")
    func sharedArchitecture() throws {
        #expect(try Checkpoint.open(try Oracle("mixtral-plain").gguf).family.name == "mixtral")
        #expect(try Checkpoint.open(try Oracle("llama-plain").gguf).family.name == "llama")
        #expect(try Checkpoint.open(try Oracle("mistral-plain").gguf).family.name == "llama")
        let folder = try TemporaryFolder()
        let named = try folder.copy(
            try Oracle("llama-plain"), metadata: ["llama.expert_count": .uint32(0)])
        #expect(try Checkpoint.open(named).family.name == "llama")
    }

    @Test(
        "experts that an old file keeps apart are read, and saved as a stack",
        arguments: ["mixtral-plain", "mixtral-q4_0"])
    func expertsApart(name: String) throws {
        let folder = try TemporaryFolder()
        let oracle = try Oracle(name)
        let archive = try Archive.open(oracle.gguf)
        var writer = GGUFWriter(copying: archive)
        writer.tensors = archive.tensors.flatMap { entry -> [TensorPlan] in
            guard entry.name.hasSuffix("_exps.weight") else { return [TensorPlan(copying: entry)] }
            let bytes = entry.withBytes { Array($0) }
            let size = bytes.count / entry.shape[0]
            return (0..<entry.shape[0]).map { expert in
                let stem = entry.name.dropLast("_exps.weight".count)
                return TensorPlan(
                    name: "\(stem).\(expert).weight", format: entry.format, shape: Array(entry.shape.dropFirst())
                ) { sink in
                    try bytes[expert * size..<(expert + 1) * size].withUnsafeBytes { try sink($0) }
                }
            }
        }
        try writer.write(to: folder.path + "/apart.gguf")
        let apart = try Checkpoint.open(folder.path + "/apart.gguf")
        let stacked = try Checkpoint.open(oracle.gguf)
        #expect(differingRoles(apart.model, stacked.model) == [])
        try apart.save(apart.model, to: folder.path + "/out.gguf")
        let saved = try Archive.open(folder.path + "/out.gguf")
        #expect(saved.tensors.map(\.name) == archive.tensors.map(\.name))
        for entry in archive.tensors {
            #expect(saved[entry.name]?.withBytes { Array($0) } == entry.withBytes { Array($0) }, "\(entry.name)")
        }
    }

    @Test("rows of queries and keys lie as their container has them, and a bias with them")
    func rows() throws {
        for name in ["llama-biased", "mixtral-top1"] {
            let oracle = try Oracle(name)
            #expect(try Checkpoint.open(oracle.gguf).model.rotaryRows == .interleaved)
            #expect(try Checkpoint.open(oracle.folder).model.rotaryRows == .halves)
        }
        #expect(try Checkpoint.open(try Oracle("olmoe-plain").gguf).model.rotaryRows == .halves)
    }

    @Test("a window as long as the context is none to a GGUF")
    func longWindow() throws {
        let folder = try TemporaryFolder()
        let path = try folder.copy(try Oracle("mistral-windowed"), configuration: ["sliding_window": 512])
        let checkpoint = try Checkpoint.open(path)
        #expect(checkpoint.model.blueprint.layers.allSatisfy { $0.window == 512 })
        try checkpoint.save(checkpoint.model, to: folder.path + "/out.gguf")
        #expect(try Checkpoint.open(folder.path + "/out.gguf").model.blueprint.layers.allSatisfy { $0.window == nil })
    }

    @Test("frequencies divided one by one are shown, and refused where a GGUF has no tensor for them")
    func divisors() throws {
        for path in try Oracle("llama-stretched").paths {
            #expect(try Checkpoint.open(path).ropeSummary == "divided by 1 to 8")
        }
        let rope: JSON = [
            "rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 128,
        ]
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint.open(
            try folder.copy(try Oracle("qwen3-plain"), configuration: ["rope_parameters": rope]))
        let error = #expect(throws: BindingError.self) { _ = try CheckpointWriter(checkpoint.model, from: checkpoint) }
        #expect(error?.subject == "rope_type llama3")
    }

    @Test(
        "Llama 3's rule is found behind a GGUF's divisors",
        arguments: [(8.0, 1.0, 4.0, 8192, 500000.0), (32.0, 1.0, 4.0, 8192, 500000.0), (4.0, 1.0, 8.0, 512, 10000.0)])
    func rule(factor: Double, low: Double, high: Double, context: Int, theta: Double) throws {
        let rope: JSON = [
            "rope_type": "llama3", "rope_theta": .number(JSONNumber(theta)), "factor": .number(JSONNumber(factor)),
            "low_freq_factor": .number(JSONNumber(low)), "high_freq_factor": .number(JSONNumber(high)),
            "original_max_position_embeddings": .number(JSONNumber(context)),
        ]
        let folder = try TemporaryFolder()
        let source = try Checkpoint.open(
            try folder.copy(try Oracle("llama-stretched"), configuration: ["rope_parameters": rope]))
        try source.save(source.model, to: folder.path + "/between.gguf")
        let between = try Checkpoint.open(folder.path + "/between.gguf")
        try between.saveFolder(between.model, to: folder.path + "/back")
        let back = try Checkpoint.open(folder.path + "/back")
        #expect(back.model.blueprint.rotary == source.model.blueprint.rotary)
        #expect(back.archive.configuration?["rope_scaling"]?["rope_type"]?.asString == "llama3")
    }

    @Test("divisors that are no numbers above 0, or stand beside another stretching, are refused")
    func badDivisors() throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.open(try Oracle("llama-stretched").gguf)
        var writer = GGUFWriter(copying: archive)
        for bad in [Float.nan, 0, -1, .infinity] {
            writer.tensors = archive.tensors.map { entry in
                guard entry.name == "rope_freqs.weight" else { return TensorPlan(copying: entry) }
                let values = [bad] + [Float](repeating: 1, count: entry.shape[0] - 1)
                return TensorPlan(name: entry.name, format: .block(.f32), shape: entry.shape) { sink in
                    try values.withUnsafeBytes { try sink($0) }
                }
            }
            try writer.write(to: folder.path + "/bad.gguf")
            #expect(throws: BindingError.self) { _ = try Checkpoint.open(folder.path + "/bad.gguf") }
        }
        let both = try folder.copy(
            try Oracle("llama-stretched"),
            metadata: ["llama.rope.scaling.type": .string("linear"), "llama.rope.scaling.factor": .float32(2)])
        let error = #expect(throws: BindingError.self) { _ = try Checkpoint.open(both) }
        #expect(error?.subject.hasSuffix("rope_freqs.weight") == true)
    }

    @Test("a shared expert is counted for every token and is no member of the experts")
    func sharedExpertSize() throws {
        let oracle = try Oracle("qwen2moe-plain")
        let model = try Checkpoint.open(oracle.gguf).model
        let size = ModelSize(model)
        // 3 of 5 experts of 3 × 32² weights rest, in 2 layers; a token takes a row of the embedding.
        #expect(size.parameters - size.activeParameters == 2 * 3 * (3 * 32 * 32) + 96 * 32)
        #expect(size.bytes[.experts] == 2 * 5 * 3 * 32 * 32 * 2)
        let shared = model.tensors.keys.filter { $0.part == .sharedDown }
        #expect(shared.count == 2 && shared.allSatisfy { $0.expert == nil })
    }

    @Test("Mistral's and Qwen2-MoE's defaults are those of transformers")
    func defaults() throws {
        let folder = try TemporaryFolder()
        let mistral = try folder.copy(try Oracle("mistral-windowed"), configuration: ["sliding_window": nil])
        #expect(try Checkpoint.open(mistral).model.blueprint.layers.allSatisfy { $0.window == 4096 })
        let unnamed = try folder.copy(
            try Oracle("mistral-plain"), configuration: ["model_type": nil, "sliding_window": nil])
        #expect(try Checkpoint.open(unnamed).model.blueprint.layers.allSatisfy { $0.window == 4096 })
        let qwen = try folder.copy(
            try Oracle("qwen2moe-plain"), configuration: ["use_sliding_window": true, "sliding_window": 9])
        #expect(try Checkpoint.open(qwen).model.blueprint.layers.map(\.window) == [9, nil])
    }
}
