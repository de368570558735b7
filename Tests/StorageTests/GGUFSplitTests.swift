import Foundation
import Storage
import Tensors
import Testing

/// Split files, held against those that the gguf package splits.
@Suite struct GGUFSplitTests {
    private static let names = (1...3).map { "split-0000\($0)-of-00003.gguf" }

    private func whole() throws -> GGUFWriter {
        GGUFWriter(copying: try Archive.open(ContainerContents.path("every-type.gguf")))
    }

    @Test func filesAreThoseOfTheGGUFPackage() throws {
        let folder = try TemporaryFolder()
        let written = try GGUFSplitWriter(whole(), limit: .tensors(5)).write(to: folder.appending("split"))
        #expect(try folder.names() == Self.names)
        for (index, name) in Self.names.enumerated() {
            let bytes = try folder.read(name)
            #expect(bytes == (try contents(of: ContainerContents.path(name))), "\(name)")
            #expect(written[index].path == folder.appending(name))
            #expect(written[index].byteCount == bytes.count)
        }
    }

    @Test(arguments: [1, 64, 200, 1000, 1 << 40]) func whatIsSplitAndJoinedIsTheSameFile(most: Int) throws {
        let folder = try TemporaryFolder()
        let writer = try GGUFSplitWriter(whole(), limit: .bytes(most))
        let shards = try writer.shards(folder.appending("part"))
        for (_, file) in shards {
            let bytes = file.tensors.reduce(0) { $0 + (($1.byteCount ?? 0) + 31) / 32 * 32 }
            #expect(bytes <= most || file.tensors.count == 1)
        }
        let written = try writer.write(to: folder.appending("part"))
        let joined = try Archive.open(try #require(written.first).path)
        #expect(joined.files.count == shards.count)
        try GGUFWriter(copying: joined).write(to: folder.appending("joined.gguf"))
        #expect(try folder.read("joined.gguf") == contents(of: ContainerContents.path("every-type.gguf")))
    }

    @Test func aFileOfItsOwnAlignmentComesBack() throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.open(ContainerContents.path("aligned.gguf"))
        let written = try GGUFSplitWriter(GGUFWriter(copying: archive), limit: .tensors(3))
            .write(to: folder.appending("part"))
        let joined = try Archive.open(written[0].path)
        try GGUFWriter(copying: joined).write(to: folder.appending("joined.gguf"))
        #expect(try folder.read("joined.gguf") == contents(of: ContainerContents.path("aligned.gguf")))
    }

    @Test(arguments: 0..<4) func whatFailsHalfwayLeavesWhatWasThere(failing: Int) throws {
        let folder = try TemporaryFolder()
        let old = Array("old".utf8)
        try folder.write(Self.names[2], old)
        var calls = FileCalls.system
        let system = FileCalls.system
        let count = Counter()
        if failing < 3 {
            calls.sync = { count.next() == failing ? -Int(ENOSPC) : system.sync($0) }
        } else {
            calls.link = { descriptor, path in
                path.hasSuffix(Self.names[0]) ? -Int(EIO) : system.link(descriptor, path)
            }
        }
        #expect(throws: StorageError.self) {
            try GGUFSplitWriter(whole(), limit: .tensors(5)).write(to: folder.appending("split"), calls: calls)
        }
        let left = try folder.names()
        #expect(left == [Self.names[2]])
        // Names are given from the last to the first: a file that replaces an old one cannot be taken back.
        if failing < 3 { #expect(try folder.read(Self.names[2]) == old) }
    }

    @Test func anOpenFileIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        let written = try GGUFSplitWriter(whole(), limit: .tensors(5)).write(to: folder.appending("split"))
        let open = try Archive.open(written[0].path)
        let error = #expect(throws: StorageError.self) {
            try GGUFSplitWriter(GGUFWriter(copying: open), limit: .tensors(5)).write(to: folder.appending("split"))
        }
        #expect(error?.kind == .inUse)
    }

    @Test(.enabled(if: WrittenForOthersTests.folder != nil)) func filesForOtherReaders() throws {
        let folder = try #require(WrittenForOthersTests.folder)
        try GGUFSplitWriter(whole(), limit: .bytes(300)).write(to: folder + "/parts")
    }
}
