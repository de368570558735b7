import Documents
import Foundation
import Storage
import Tensors
import Testing

/// Hugging Face folders: shards and index as others read them, and nothing of anyone's that is lost.
@Suite struct SafetensorsFolderWriterTests {
    private func archive() throws -> Archive { try Archive.open(ContainerContents.path("every-type.safetensors")) }

    private func writer(largestShard: Int = 64) throws -> SafetensorsFolderWriter {
        SafetensorsFolderWriter(
            tensors: try archive().tensors.map { TensorPlan(copying: $0) },
            companions: [
                .init(name: "config.json", bytes: Array("{}".utf8)),
                .init(name: "tokenizer.json", bytes: Array("{}".utf8)),
            ], largestShard: largestShard)
    }

    @Test(arguments: [1, 64, 100, 1 << 30]) func shardsReadBack(largestShard: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.appending("model")
        let bytes = try writer(largestShard: largestShard).write(to: path)
        let again = try Archive.open(path)
        let truth = try archive()
        #expect(Set(again.tensors.map(\.name)) == Set(truth.tensors.map(\.name)))
        for tensor in truth.tensors {
            let found = try #require(again[tensor.name])
            #expect(found.shape == tensor.shape && found.format == tensor.format)
            #expect(found.withBytes { Array($0) } == tensor.withBytes { Array($0) })
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        let sizes = names.compactMap { FileIdentity(path: path + "/" + $0)?.size }
        #expect(bytes == sizes.reduce(0, +))
        #expect(try folder.names() == ["model"])
        #expect(names.contains("model.safetensors") == (largestShard == 1 << 30))
    }

    @Test func shardsAreFilledInOrderUpToTheLimit() throws {
        let writer = try writer(largestShard: 100)
        let shards = try writer.shards(for: "model")
        #expect(shards.flatMap { $0.tensors.map(\.name) } == writer.tensors.map(\.name))
        for (index, shard) in shards.enumerated() {
            let sizes = shard.tensors.map { $0.byteCount ?? 0 }
            #expect(sizes.reduce(0, +) <= 100 || sizes.count == 1)
            let digits = "0000\(index + 1)-of-000" + (shards.count < 10 ? "0" : "") + "\(shards.count)"
            #expect(shard.name == "model-\(digits).safetensors")
            if index > 0, let first = sizes.first {
                #expect(shards[index - 1].tensors.reduce(first) { $0 + ($1.byteCount ?? 0) } > 100)
            }
        }
    }

    @Test func theIndexSaysWhereTensorsLieAndHowMuchTheyTake() throws {
        let folder = try TemporaryFolder()
        let writer = try writer()
        try writer.write(to: folder.appending("model"))
        let index = try JSON(parsing: folder.read("model/model.safetensors.index.json"))
        #expect(index["metadata"]?["total_size"]?.asInteger == writer.tensors.reduce(0) { $0 + ($1.byteCount ?? 0) })
        let map = try #require(index["weight_map"]?.asObject)
        #expect(map.count == writer.tensors.count)
        for shard in try writer.shards(for: "model") {
            for tensor in shard.tensors { #expect(map[tensor.name]?.asString == shard.name) }
        }
    }

    @Test func afolderThatLancetWroteIsReplacedWhole() throws {
        let folder = try TemporaryFolder()
        let path = folder.appending("model")
        try writer(largestShard: 1).write(to: path)
        try writer(largestShard: 1 << 30).write(to: path + "/")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted()
                == ["config.json", "lancet.json", "model.safetensors", "tokenizer.json"])
        #expect(try folder.names() == ["model"])
    }

    @Test func anEmptyFolderIsFilled() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.appending("model"), withIntermediateDirectories: true)
        try writer().write(to: folder.appending("model"))
        #expect(try Archive.open(folder.appending("model")).tensors.count == archive().tensors.count)
    }

    @Test func aFolderThatHoldsAnythingElseIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        try writer().write(to: folder.appending("model"))
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.appending("model")).sorted()
        try folder.write("model/notes.txt", Array("mine".utf8))
        let error = #expect(throws: StorageError.self) { try writer().write(to: folder.appending("model")) }
        #expect(error?.kind == .exists)
        #expect(error?.item == "notes.txt")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.appending("model")).sorted()
                == (before + ["notes.txt"]).sorted())
        try folder.write("file", Array("mine".utf8))
        #expect(throws: StorageError.self) { try writer().write(to: folder.appending("file")) }
        #expect(try folder.names() == ["file", "model"])
    }

    @Test func aFolderThatIsOpenIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        try writer().write(to: folder.appending("model"))
        let open = try Archive.open(folder.appending("model"))
        let error = #expect(throws: StorageError.self) { try writer().write(to: folder.appending("model")) }
        #expect(error?.kind == .inUse)
        #expect(open.tensors.count == (try archive().tensors.count))
    }

    @Test func whatFailsHalfwayLeavesTheOldFolderAndNothingElse() throws {
        let folder = try TemporaryFolder()
        try writer().write(to: folder.appending("model"))
        let before = try contents(of: folder.appending("model/model.safetensors.index.json"))
        var calls = FileCalls.system
        calls.sync = { _ in -Int(ENOSPC) }
        let error = #expect(throws: StorageError.self) {
            try writer(largestShard: 1).write(to: folder.appending("model"), calls: calls)
        }
        #expect(error?.kind == .noSpace)
        calls = .system
        calls.checkInterruption = { throw Interrupted() }
        #expect(throws: Interrupted.self) { try writer().write(to: folder.appending("model"), calls: calls) }
        #expect(throws: Interrupted.self) { try writer().write(to: folder.appending("other"), calls: calls) }
        #expect(try folder.names() == ["model"])
        #expect(try contents(of: folder.appending("model/model.safetensors.index.json")) == before)
    }

    @Test(.enabled(if: WrittenForOthersTests.folder != nil)) func aFolderForOtherReaders() throws {
        let folder = try #require(WrittenForOthersTests.folder)
        try? FileManager.default.removeItem(atPath: folder + "/sharded")
        try writer().write(to: folder + "/sharded")
    }
}
