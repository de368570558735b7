import Foundation
import Storage
import TestSupport
import Testing

/// Folders that are not quite a checkpoint.
@Suite struct FolderTests {
    private func error(opening path: String) throws -> StorageError {
        let error = #expect(throws: StorageError.self) { try Archive.open(path) }
        return try #require(error)
    }

    private let tiny = HostileSafetensorsTests.file(
        Array(#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#.utf8), data: 2)

    @Test func whatIsNotThereIsNamed() throws {
        let error = try error(opening: "/no/such/model.gguf")
        #expect(error.kind == .notFound)
        #expect(error.file == "/no/such/model.gguf")
    }

    @Test func aFolderWithoutConfigurationSaysWhatItLacks() throws {
        let folder = try TemporaryFolder()
        #expect(try error(opening: folder.path).kind == .noConfiguration)
        try folder.write("model.safetensors", tiny)
        #expect(try error(opening: folder.path).remedy?.contains("config.json") == true)
        try folder.write("model.gguf", GGUFBytes().bytes)
        #expect(try error(opening: folder.path).remedy?.contains("model.gguf") == true)
    }

    @Test func aConfigurationThatIsNoObjectIsRefusedWithItsOffset() throws {
        let folder = try TemporaryFolder()
        try folder.write("config.json", Array(#"{"a": }"#.utf8))
        let error = try error(opening: folder.path)
        #expect(error.kind == .malformed && error.offset == 6 && error.file.hasSuffix("config.json"))
        try folder.write("config.json", Array("[]".utf8))
        #expect(try self.error(opening: folder.path).kind == .malformed)
    }

    @Test func aFolderWithoutWeightsSaysSo() throws {
        let folder = try TemporaryFolder()
        try folder.write("config.json", Array("{}".utf8))
        #expect(try error(opening: folder.path).kind == .shard)
        try folder.write("pytorch_model.bin", [0])
        #expect(try error(opening: folder.path).remedy?.contains("convert") == true)
    }

    @Test func aMissingShardIsNamed() throws {
        let folder = try TemporaryFolder()
        try folder.write("config.json", Array("{}".utf8))
        try folder.write("one.safetensors", tiny)
        try folder.write(
            "model.safetensors.index.json",
            Array(#"{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}"#.utf8))
        let error = try error(opening: folder.path)
        #expect(error.kind == .shard && error.file.hasSuffix("two.safetensors"))
    }

    @Test(arguments: [
        #"{"weight_map":{"a":"../one.safetensors"}}"#, #"{"weight_map":{"a":""}}"#, #"{"weight_map":{"a":1}}"#,
        #"{"weight_map":{}}"#, #"{}"#, #"[]"#, #"{"weight_map":{"b":"one.safetensors"}}"#,
    ]) func anIndexThatLiesIsRefused(index: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("config.json", Array("{}".utf8))
        try folder.write("one.safetensors", tiny)
        try folder.write("model.safetensors.index.json", Array(index.utf8))
        #expect([.malformed, .shard].contains(try error(opening: folder.path).kind))
    }

    @Test(arguments: [
        #"{"metadata":{"total_size":2},"weight_map":{"a":"one.safetensors"}}"#,
        #"{"metadata":{"total_size":2.0,"more":[null]},"weight_map":{"a":"one.safetensors"},"other":{}}"#,
        #"{ "weight_map" : { "\u0061" : "one.safetensors" } }"#,
    ]) func indicesMayBeWrittenUnusually(index: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("config.json", Array("{}".utf8))
        try folder.write("one.safetensors", tiny)
        try folder.write("model.safetensors.index.json", Array(index.utf8))
        #expect(try Archive.open(folder.path).tensors.map(\.name) == ["a"])
    }

    @Test func aTensorInTwoShardsIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write("config.json", Array("{}".utf8))
        try folder.write("one.safetensors", tiny)
        try folder.write("two.safetensors", tiny)
        let map = #"{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}"#
        try folder.write("model.safetensors.index.json", Array(map.utf8))
        let error = try error(opening: folder.path)
        #expect(error.kind == .duplicate && error.item == "a")
    }

    @Test func whatIsNeitherIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(try error(opening: folder.write("a.txt", Array("hello there".utf8))).kind == .unknownContainer)
        #expect(try error(opening: folder.write("a.gguf", Array("hello there".utf8))).kind == .unknownContainer)
        #expect(try error(opening: folder.write("b.gguf", [])).kind == .truncated)
        #expect(try error(opening: folder.write("b.safetensors", [1, 2])).kind == .truncated)
        #expect(try error(opening: folder.write("c", [])).kind == .unknownContainer)
    }

    @Test func aMissingGGUFShardIsNamed() throws {
        let folder = try TemporaryFolder()
        for number in [1, 3] {
            let name = "split-0000\(number)-of-00003.gguf"
            try folder.write(name, contents(of: ContainerContents.path(name)))
        }
        let error = try error(opening: folder.appending("split-00001-of-00003.gguf"))
        #expect(error.kind == .shard && error.file.hasSuffix("split-00002-of-00003.gguf"))
    }

    @Test func shardsOfOtherCheckpointsAreRefused() throws {
        let folder = try TemporaryFolder()
        for (name, source) in [(1, 1), (2, 3), (3, 2)] {
            try folder.write(
                "split-0000\(name)-of-00003.gguf",
                contents(of: ContainerContents.path("split-0000\(source)-of-00003.gguf")))
        }
        #expect(try error(opening: folder.appending("split-00001-of-00003.gguf")).kind == .shard)
        let shard = try contents(of: ContainerContents.path("split-00001-of-00003.gguf"))
        let renamed = try folder.write("renamed.gguf", shard)
        #expect(try error(opening: renamed).kind == .shard)
    }

    @Test func aNamedPipeIsNotAFile() throws {
        let folder = try TemporaryFolder()
        mkfifo(folder.appending("pipe.gguf"), 0o600)
        #expect(throws: StorageError.self) { try Archive.open(folder.appending("pipe.gguf")) }
    }
}
