import Formats
import Storage
import TestSupport
import Testing

/// What is opened and written unchanged is the same file.
@Suite struct WritingIdentityTests {
    @Test(arguments: ["every-type.gguf", "aligned.gguf", "no-tensors.gguf", "version-2.gguf"])
    func filesOfThePackageComeBackByteForByte(name: String) throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.open(ContainerContents.path(name))
        let length = try GGUFWriter(copying: archive).write(to: folder.appending("copy.gguf"))
        let bytes = try folder.read("copy.gguf")
        #expect(bytes.count == length)
        #expect(bytes == (try contents(of: ContainerContents.path(name))))
    }

    @Test(arguments: ["teach-gptoss-bf16.gguf", "teach-qwen3moe-bf16.gguf"])
    func filesOfLlamaCppComeBackByteForByte(name: String) throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.open(Fixtures.teachingModelPath(name))
        try GGUFWriter(copying: archive).write(to: folder.appending("copy.gguf"))
        #expect(try folder.read("copy.gguf") == contents(of: Fixtures.teachingModelPath(name)))
        #expect(try folder.names() == ["copy.gguf"])
    }

    @Test func shardsBecomeOneFile() throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.open(ContainerContents.path("split-00001-of-00003.gguf"))
        try GGUFWriter(copying: archive).write(to: folder.appending("whole.gguf"))
        #expect(try folder.read("whole.gguf") == contents(of: ContainerContents.path("every-type.gguf")))
    }

    @Test(arguments: ContainerContents.safetensorsNames) func safetensorsComeBackByteForByte(name: String) throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.open(ContainerContents.path(name))
        let writer = SafetensorsWriter(
            tensors: archive.tensors.reversed().map { TensorPlan(copying: $0) }, texts: archive.headerTexts)
        let length = try writer.write(to: folder.appending("copy.safetensors"))
        let bytes = try folder.read("copy.safetensors")
        #expect(bytes.count == length)
        #expect(bytes == (try contents(of: ContainerContents.path(name))))
    }

    @Test func changedMetadataAndTensorsReadBack() throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.open(ContainerContents.path("every-type.gguf"))
        var writer = GGUFWriter(copying: archive)
        writer.metadata["scalar.u32"] = .uint32(7)
        writer.metadata["scalar.string"] = nil
        writer.metadata["new.words"] = .array(MetadataArray(["one", "", "drei"]))
        writer.metadata["new.broken"] = .malformedString([0xFF, 0x00])
        writer.tensors.remove(at: 1)
        writer.tensors.append(
            TensorPlan(name: "new", format: .block(.f32), shape: [2]) { sink in
                for value: Float in [1, -2] { try withUnsafeBytes(of: value) { try sink($0) } }
            })
        try writer.write(to: folder.appending("changed.gguf"))
        let again = try Archive.open(folder.appending("changed.gguf"))
        #expect(again.metadata == writer.metadata)
        #expect(again.metadata["new.words"]?.strings == ["one", "", "drei"])
        #expect(again.tensors.map(\.name) == writer.tensors.map(\.name))
        #expect(again["new"]?.floats() == [1, -2])
        for tensor in again.tensors where tensor.name != "new" {
            #expect(tensor.withBytes { Array($0) } == archive[tensor.name]?.withBytes { Array($0) })
        }
    }
}
