import Formats
import Storage
import Testing

/// What a container cannot hold is refused by name before a byte is written.
@Suite struct WriterRefusalTests {
    private func plan(_ name: String, _ format: TensorFormat, _ shape: [Int], bytes: Int) -> TensorPlan {
        TensorPlan(name: name, format: format, shape: shape) { sink in
            try [UInt8](repeating: 0, count: bytes).withUnsafeBytes { try sink($0) }
        }
    }

    private func refusal(gguf plans: [TensorPlan], _ metadata: Metadata = Metadata()) throws -> StorageError? {
        let folder = try TemporaryFolder()
        let error = #expect(throws: StorageError.self) {
            try GGUFWriter(metadata: metadata, tensors: plans).write(to: folder.appending("out.gguf"))
        }
        #expect(try folder.names() == [])
        return error
    }

    @Test func ggufRefusals() throws {
        let good = plan("good", .block(.f32), [2], bytes: 8)
        #expect(try refusal(gguf: [good, good])?.kind == .duplicate)
        #expect(try refusal(gguf: [plan("u8", .plain(.u8), [2], bytes: 2)])?.item == "u8")
        #expect(try refusal(gguf: [plan("rows", .block(.q8_0), [2, 33], bytes: 70)])?.kind == .inexpressible)
        #expect(try refusal(gguf: [plan("axes", .block(.f32), [1, 1, 1, 1, 1], bytes: 4)])?.kind == .inexpressible)
        let long = String(repeating: "n", count: 64)
        #expect(try refusal(gguf: [plan(long, .block(.f32), [1], bytes: 4)])?.kind == .inexpressible)
        #expect(try refusal(gguf: [plan("short", .block(.f32), [2], bytes: 7)])?.item == "short")
        #expect(try refusal(gguf: [plan("long", .block(.f32), [2], bytes: 9)])?.item == "long")
        let alignment = Metadata([.init(key: "general.alignment", value: .uint32(3))])
        #expect(try refusal(gguf: [good], alignment)?.kind == .inexpressible)
    }

    @Test func safetensorsRefusals() throws {
        let folder = try TemporaryFolder()
        for plan in [
            plan("q", .block(.q8_0), [32], bytes: 34), plan("__metadata__", .block(.f32), [1], bytes: 4),
            plan("half", .plain(.f4), [3], bytes: 1),
        ] {
            let error = #expect(throws: StorageError.self) {
                try SafetensorsWriter(tensors: [plan]).write(to: folder.appending("out.safetensors"))
            }
            #expect(error?.item == plan.name)
        }
        #expect(try folder.names() == [])
    }
}
