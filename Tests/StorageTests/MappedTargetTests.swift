import Foundation
import Storage
import Testing

/// What is open is never written over, whatever name leads to it.
@Suite struct MappedTargetTests {
    private func expectRefusal(_ archive: Archive, _ path: String) throws {
        let error = #expect(throws: StorageError.self) { try GGUFWriter(copying: archive).write(to: path) }
        #expect(error?.kind == .inUse)
        #expect(error?.remedy != nil)
    }

    @Test func theOpenFileItself() throws {
        let folder = try TemporaryFolder()
        let bytes = try contents(of: ContainerContents.path("every-type.gguf"))
        let path = try folder.write("model.gguf", bytes)
        let archive = try Archive.open(path)
        try expectRefusal(archive, path)
        let folderName = URL(fileURLWithPath: folder.path).lastPathComponent
        try expectRefusal(archive, folder.path + "/../" + folderName + "/model.gguf")
        symlink(path, folder.appending("symbolic.gguf"))
        try expectRefusal(archive, folder.appending("symbolic.gguf"))
        link(path, folder.appending("hard.gguf"))
        try expectRefusal(archive, folder.appending("hard.gguf"))
        #expect(try folder.read("model.gguf") == bytes)
        #expect(try folder.names() == ["hard.gguf", "model.gguf", "symbolic.gguf"])
    }

    @Test func anotherShard() throws {
        let folder = try TemporaryFolder()
        for number in 1...3 {
            let name = "split-0000\(number)-of-00003.gguf"
            try folder.write(name, contents(of: ContainerContents.path(name)))
        }
        let archive = try Archive.open(folder.appending("split-00001-of-00003.gguf"))
        for number in 1...3 { try expectRefusal(archive, folder.appending("split-0000\(number)-of-00003.gguf")) }
        #expect(try folder.names().count == 3)
    }

    @Test func aFileThatIsNoLongerOpenMayBeReplaced() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("model.gguf", contents(of: ContainerContents.path("every-type.gguf")))
        do { _ = try Archive.open(path) }
        let other = try Archive.open(ContainerContents.path("aligned.gguf"))
        try GGUFWriter(copying: other).write(to: path)
        #expect(try folder.read("model.gguf") == contents(of: ContainerContents.path("aligned.gguf")))
    }
}
