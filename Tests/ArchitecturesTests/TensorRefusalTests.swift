import Architectures
import Formats
import Storage
import TestSupport
import Testing

@Suite("Tensors that do not fit")
struct TensorRefusalTests {
    private func open(_ change: (inout [TensorPlan]) -> Void) throws -> BindingError? {
        let folder = try TemporaryFolder()
        var writer = GGUFWriter(copying: try Archive.open(try Oracle("gptoss-plain").gguf))
        change(&writer.tensors)
        try writer.write(to: folder.path + "/m.gguf")
        return #expect(throws: BindingError.self) { _ = try Checkpoint.open(folder.path + "/m.gguf") }
    }

    private func zeros(_ name: String, _ shape: [Int], _ format: TensorFormat) -> TensorPlan {
        TensorPlan(name: name, format: format, shape: shape) { sink in
            let bytes = [UInt8](repeating: 0, count: format.byteCountOfTest(shape))
            try bytes.withUnsafeBytes { try sink($0) }
        }
    }

    @Test("a missing tensor is named")
    func missing() throws {
        let error = try open { $0.removeAll { $0.name == "blk.1.attn_sinks.weight" } }
        #expect(error?.code == "binding.missing-tensor")
        #expect(error?.subject.hasSuffix("m.gguf, blk.1.attn_sinks.weight") == true)
    }

    @Test("an unexpected tensor is named")
    func unexpected() throws {
        let error = try open { $0.append(zeros("blk.0.attn_q_norm.weight", [16], .block(.f32))) }
        #expect(error?.code == "binding.unexpected-tensor")
        #expect(error?.subject.hasSuffix("m.gguf, blk.0.attn_q_norm.weight") == true)
    }

    @Test("a wrong shape is shown with the right one")
    func shape() throws {
        let error = try open { tensors in
            tensors.removeAll { $0.name == "blk.0.ffn_gate_inp.weight" }
            tensors.append(zeros("blk.0.ffn_gate_inp.weight", [4, 32], .block(.f32)))
        }
        #expect(error?.code == "binding.shape")
        #expect(error?.message == "its shape is [4, 32], but the hyperparameters call for [5, 32]")
    }

    @Test("an unsupported type is named with those there are")
    func type() throws {
        let error = try open { tensors in
            tensors.removeAll { $0.name == "blk.0.attn_norm.weight" }
            tensors.append(zeros("blk.0.attn_norm.weight", [32], .plain(.i32)))
        }
        #expect(error?.message == "its type i32 is not supported yet")
        let names = BlockFormats.all.map(\.name).joined(separator: ", ")
        #expect(error?.remedy == "Lancet reads \(names): convert the checkpoint to one of them")
    }
}

extension TensorFormat {
    fileprivate func byteCountOfTest(_ shape: [Int]) -> Int { byteCount(shape: shape) ?? 0 }
}
