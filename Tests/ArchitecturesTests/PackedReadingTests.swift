import Architectures
import Documents
import Foundation
import Inference
import Kernels
import Storage
import Tensors
import TestSupport
import Testing

@Suite("Opening packed checkpoints")
struct PackedReadingTests {
    /// Each packed oracle, with the name its matrices are shown under.
    static let names: [String: String] = [
        "fp8": "fp8-32x64", "fp8-channel": "fp8-channel", "w4a16": "w4a16-g32", "w4a16-asymmetric": "w4a16-g32-asym",
        "w8a16-ordered": "w8a16-g32", "w8a8": "w8a8", "w4a8": "w4a8-g32", "mxfp4": "mxfp4", "awq": "awq-g32",
        "gptq": "gptq4-g32", "gptq-3bit-v2": "gptq3-g32",
    ]

    /// Their folders below the fixtures.
    static let paths: [String] = names.keys.sorted().map { "packed/" + $0 }

    @Test("every packed oracle is tried")
    func completeness() {
        #expect(Set(Fixtures.folders(in: "packed")) == Set(Self.names.keys))
    }

    @Test("logits are those of the numbers that the packed tensors mean", arguments: names.keys.sorted())
    func logits(name: String) throws {
        let checkpoint = try Checkpoint.open(Fixtures.path("packed/\(name)"))
        let source = try MappedFile(path: Fixtures.path("packed/\(name)/golden.safetensors"))
        let golden = try SafetensorsReader.read(source, name: name).tensors
        let theirs = try #require(golden.first { $0.name == "logits" }?.floats())
        let tokens = try #require(golden.first { $0.name == "tokens" })
        let ids = tokens.withBytes { bytes in
            (0..<tokens.elementCount).map { Int(bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)) }
        }
        let ours = try Engine(compute: Compute(threads: 2)).run(checkpoint.model, tokens: ids).logits.values
        let span = try #require(theirs.max()) - (try #require(theirs.min()))
        let error = zip(ours, theirs).map { ($0 - $1).magnitude }.max() ?? .infinity
        #expect(ours.count == theirs.count && error < 2e-4 * span)
    }

    @Test("matrices bear the name of their packing and weigh what their parts weigh", arguments: names.keys.sorted())
    func display(name: String) throws {
        let checkpoint = try Checkpoint.open(Fixtures.path("packed/\(name)"))
        let size = ModelSize(checkpoint.model)
        #expect(size.formats.map(\.name).contains(try #require(Self.names[name])))
        let shapes = checkpoint.archive.tensors.filter { $0.name.hasSuffix(".weight_shape") }
        #expect(size.totalBytes == checkpoint.archive.tensorBytes - shapes.reduce(0) { $0 + $1.byteCount })
    }

    @Test("a part that is missing or of another shape is refused by name")
    func damage() throws {
        let folder = try TemporaryFolder()
        func open(_ name: String, without lost: String? = nil, _ change: (String) -> [Int]? = { _ in nil }) throws {
            let archive = try Archive.open(Fixtures.path("packed/\(name)"))
            let plans = archive.tensors.filter { lost == nil || !$0.name.hasSuffix(lost ?? "") }.map { entry in
                TensorPlan(
                    name: entry.name, format: entry.format, shape: change(entry.name) ?? entry.shape
                ) { sink in try entry.withBytes { try sink($0) } }
            }
            try SafetensorsWriter(tensors: plans).write(to: folder.path + "/model.safetensors")
            let configuration = try Fixtures.data("packed/\(name)/config.json")
            try configuration.write(to: URL(fileURLWithPath: folder.path + "/config.json"))
            _ = try Checkpoint.open(folder.path)
        }
        func refusal(_ body: () throws -> Void) -> BindingError? {
            do { try body() } catch { return error as? BindingError }
            return nil
        }
        #expect(
            refusal { try open("w4a16", without: "0.mlp.experts.1.up_proj.weight_scale") }?.code
                == "binding.missing-tensor")
        #expect(refusal { try open("gptq", without: "self_attn.k_proj.qzeros") }?.subject.contains("qzeros") == true)
        #expect(
            refusal { try open("awq") { $0.hasSuffix("q_proj.qweight") ? [8, 64] : nil } }?.code == "binding.shape")
        #expect(
            refusal { try open("fp8") { $0.hasSuffix("q_proj.weight_scale_inv") ? [1, 2] : nil } }?.code
                == "binding.shape")
        #expect(
            refusal { try open("w8a8") { $0.hasSuffix("q_proj.weight_scale") ? [64] : nil } }?.code
                == "binding.shape")
        #expect(refusal { try open("w8a8") } == nil)
    }

    @Test("settings that change the numbers in a way Lancet does not know are refused by name")
    func settings() throws {
        let folder = try TemporaryFolder()
        func refusal(_ name: String, _ key: String, _ value: JSON) throws -> BindingError? {
            let source = Fixtures.path("packed/\(name)"), target = folder.path + "/" + UUID().uuidString
            try FileManager.default.copyItem(atPath: source, toPath: target)
            var configuration = try #require(
                try JSON(parsing: Array(Fixtures.data("packed/\(name)/config.json"))).asObject)
            var quantization = try #require(configuration["quantization_config"]?.asObject)
            quantization[key] = value
            configuration["quantization_config"] = .object(quantization)
            try Data(JSON.object(configuration).utf8()).write(to: URL(fileURLWithPath: target + "/config.json"))
            do { _ = try Checkpoint.open(target) } catch { return error }
            return nil
        }
        for (name, key, value) in [
            ("awq", "version", "gemv"), ("awq", "zero_point", false), ("gptq", "bits", 5),
            ("gptq", "checkpoint_format", "marlin"), ("fp8", "fmt", "e5m2"), ("w4a16", "format", "marlin-24"),
            ("w4a16", "transform_config", ["r1": ["type": "hadamard"]]),
            ("w8a8", "sparsity_config", ["format": "sparse-24-bitmask"]),
        ] as [(String, String, JSON)] {
            let error = try refusal(name, key, value)
            #expect(error?.subject.contains(key) == true, "\(name) \(key)")
        }
        let other = try refusal("awq", "quant_method", "hqq")
        #expect(other?.remedy?.contains("compressed-tensors") == true)
    }
}
