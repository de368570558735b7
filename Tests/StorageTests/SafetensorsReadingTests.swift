import Documents
import Formats
import Storage
import TestSupport
import Testing

@Suite struct SafetensorsReadingTests {
    @Test(arguments: ContainerContents.safetensorsNames) func tensorsAreThoseThePackageWrote(name: String) throws {
        let archive = try Archive.open(ContainerContents.path(name))
        #expect(archive.container == .safetensors)
        let expected = ContainerContents.tensors("safetensors", name)
        #expect(Set(archive.tensors.map(\.name)) == Set(expected.map(\.name)))
        for truth in expected {
            let tensor = try #require(archive[truth.name])
            #expect(tensor.format.safetensorsName == truth.type)
            #expect(tensor.shape == truth.shape)
            #expect(tensor.offset == truth.offset)
            #expect(tensor.withBytes { Array($0) } == truth.bytes)
        }
    }

    @Test func theTextsOfTheHeaderAreKept() throws {
        let archive = try Archive.open(ContainerContents.path("every-type.safetensors"))
        #expect(archive.headerTexts.map(\.key) == ["format"] && archive.headerTexts.map(\.value) == ["pt"])
        #expect(archive.configuration?.kind == nil)
    }

    @Test func aShardedFolderOpensAsOne() throws {
        let archive = try Archive.open(Fixtures.path("oracles/gptoss-sharded"))
        #expect(archive.files.count == 3)
        #expect(archive.configuration?["model_type"]?.asString == "gpt_oss")
        #expect(Set(archive.tensors.map(\.file)) == [0, 1, 2])
        let one = try Archive.open(Fixtures.path("oracles/gptoss-sharded/model-00002-of-00003.safetensors"))
        #expect(one.tensors.map(\.name) == archive.tensors.map(\.name))
    }

    @Test func aFolderWithOneFileOpens() throws {
        let archive = try Archive.open(Fixtures.path("oracles/gptoss-mxfp4"))
        #expect(archive.files.count == 1)
        #expect(try archive.companion("config.json") == contents(of: Fixtures.path("oracles/gptoss-mxfp4/config.json")))
        #expect(try archive.companion("absent.json") == nil)
        let tensors = archive.tensors
        #expect(tensors.contains { $0.format == .plain(.u8) } && tensors.contains { $0.format == .block(.bf16) })
    }
}
