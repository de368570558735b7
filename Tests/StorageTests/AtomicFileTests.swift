import Foundation
import Storage
import Tensors
import Testing

/// Whatever goes wrong, the target is as it was and nothing else is left.
@Suite struct AtomicFileTests {
    private let old = Array("old contents".utf8)
    private let new = [UInt8](repeating: 7, count: 3 << 20)

    private func write(_ path: String, calls: FileCalls = .system, expectedBytes: Int? = nil) throws {
        try AtomicFile.write(to: path, expectedBytes: expectedBytes ?? new.count, calls: calls) { file in
            try file.append(new)
        }
    }

    private func expectUntouched(_ folder: TemporaryFolder, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try folder.names() == ["target"], sourceLocation: sourceLocation)
        #expect(try folder.read("target") == old, sourceLocation: sourceLocation)
    }

    private func failing(_ calls: (inout FileCalls) -> Void, as kind: StorageError.Kind) throws {
        let folder = try TemporaryFolder()
        try folder.write("target", old)
        var failing = FileCalls.system
        calls(&failing)
        let error = #expect(throws: StorageError.self) { try write(folder.appending("target"), calls: failing) }
        #expect(error?.kind == kind)
        #expect(error?.remedy != nil)
        try expectUntouched(folder)
        let fresh = try TemporaryFolder()
        #expect(throws: StorageError.self) { try write(fresh.appending("new"), calls: failing) }
        #expect(try fresh.names() == [])
    }

    @Test func aFileAppearsWhole() throws {
        let folder = try TemporaryFolder()
        try write(folder.appending("target"))
        #expect(try folder.names() == ["target"])
        #expect(try folder.read("target") == new)
    }

    @Test func anOldFileIsReplacedAndKeepsItsPermissions() throws {
        let folder = try TemporaryFolder()
        try folder.write("target", old)
        chmod(folder.appending("target"), 0o640)
        try write(folder.appending("target"))
        #expect(try folder.read("target") == new)
        var status = stat()
        stat(folder.appending("target"), &status)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test func aFullDiskLeavesNothing() throws {
        try failing({ $0.write = { _, _ in -Int(ENOSPC) } }, as: .noSpace)
        try failing({ $0.freeBytes = { _ in 1000 } }, as: .noSpace)
        try failing({ $0.sync = { _ in -Int(ENOSPC) } }, as: .noSpace)
    }

    @Test func aFailingDiskLeavesNothing() throws {
        try failing({ $0.write = { _, _ in -Int(EIO) } }, as: .unwritable)
        try failing({ $0.write = { _, _ in 0 } }, as: .unwritable)
        try failing({ $0.sync = { _ in -Int(EIO) } }, as: .unwritable)
        try failing(
            {
                $0.rename = { _, _ in -Int(EIO) }
                $0.link = { _, _ in -Int(EIO) }
            }, as: .unwritable)
        try failing({ $0.freeBytes = { _ in -Int(EIO) } }, as: .unwritable)
    }

    @Test func aDiskThatFillsUpHalfwayLeavesNothing() throws {
        let system = FileCalls.system
        let written = Counter()
        try failing(
            {
                $0.write = { descriptor, bytes in
                    written.next() % 3 == 2 ? -Int(ENOSPC) : system.write(descriptor, bytes)
                }
            }, as: .noSpace)
    }

    @Test func shortAndInterruptedWritesAreContinued() throws {
        let folder = try TemporaryFolder()
        var calls = FileCalls.system
        let system = FileCalls.system
        let count = Counter()
        calls.write = { descriptor, bytes in
            if count.next() % 2 == 0 { return -Int(EINTR) }
            return system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(100_001)))
        }
        try write(folder.appending("target"), calls: calls)
        #expect(try folder.read("target") == new)
    }

    @Test(arguments: [0, 1, 2, 3]) func askingToStopLeavesNothing(afterPieces limit: Int) throws {
        let folder = try TemporaryFolder()
        try folder.write("target", old)
        var calls = FileCalls.system
        let count = Counter()
        calls.checkInterruption = { if count.next() >= limit { throw Interrupted() } }
        #expect(throws: Interrupted.self) { try write(folder.appending("target"), calls: calls) }
        try expectUntouched(folder)
    }

    @Test func anErrorOfTheWriterLeavesNothing() throws {
        struct Mistake: Error {}
        let folder = try TemporaryFolder()
        try folder.write("target", old)
        #expect(throws: Mistake.self) {
            try AtomicFile.write(to: folder.appending("target"), expectedBytes: 1) { file in
                try file.append([1, 2, 3])
                throw Mistake()
            }
        }
        try expectUntouched(folder)
    }

    @Test func linksAreFollowed() throws {
        let folder = try TemporaryFolder()
        try folder.write("target", old)
        symlink("target", folder.appending("link"))
        try write(folder.appending("link"))
        #expect(try folder.read("target") == new)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.appending("link")) == "target")
    }

    @Test func whatCannotBeAFileIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: StorageError.self) { try write(folder.path) }
        #expect(throws: StorageError.self) { try write(folder.appending("absent/target")) }
        #expect(try folder.names() == [])
    }
}
