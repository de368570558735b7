import Foundation
import Storage
import Synchronization
import Tensors
import Testing

/// Bytes that lie in a file are copied by the kernel, and where it does not, written; the file is the same.
@Suite struct CopyingTests {
    /// A file of some MiB, mapped, whose bytes tell their place.
    private func source(_ folder: TemporaryFolder, mebibytes: Int = 20) throws -> MappedFile {
        let bytes = (0..<(mebibytes << 20)).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 9) }
        return try MappedFile(path: folder.write("source", bytes))
    }

    private func write(_ file: MappedFile, to path: String, calls: FileCalls) throws {
        let ranges = [0..<3, 17..<(9 << 20) + 5, (12 << 20)..<file.count]
        try AtomicFile.write(to: path, expectedBytes: file.count, calls: calls) { target in
            try target.append([1, 2, 3])
            for range in ranges {
                try target.append(SourceRange(file, range))
                try target.pad(to: 32)
            }
        }
    }

    private func expected(_ file: MappedFile) -> [UInt8] {
        var bytes: [UInt8] = [1, 2, 3]
        for range in [0..<3, 17..<(9 << 20) + 5, (12 << 20)..<file.count] {
            bytes += file.withBytes(range) { Array($0) }
            while bytes.count % 32 != 0 { bytes.append(0) }
        }
        return bytes
    }

    @Test func theKernelCopiesEveryByteThatLiesInAFile() throws {
        let folder = try TemporaryFolder()
        let file = try source(folder)
        let system = FileCalls.system
        let copied = Atomic<Int>(0)
        let written = Atomic<Int>(0)
        var calls = system
        calls.copy = { from, offset, to, count in
            let done = system.copy(from, offset, to, count)
            copied.add(max(0, done), ordering: .relaxed)
            return done
        }
        calls.write = { descriptor, bytes in
            written.add(bytes.count, ordering: .relaxed)
            return system.write(descriptor, bytes)
        }
        try write(file, to: folder.appending("target"), calls: calls)
        #expect(try folder.read("target") == expected(file))
        #expect(copied.load(ordering: .relaxed) == 3 + (9 << 20) - 12 + (8 << 20))
        #expect(written.load(ordering: .relaxed) < 100)
    }

    @Test(arguments: [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM]) func aKernelThatDoesNotIsDoneWithout(reason: Int32)
        throws
    {
        let folder = try TemporaryFolder()
        let file = try source(folder)
        let calls = Counter()
        var failing = FileCalls.system
        failing.copy = { _, _, _, _ in
            _ = calls.next()
            return -Int(reason)
        }
        try write(file, to: folder.appending("target"), calls: failing)
        #expect(try folder.read("target") == expected(file))
        // Not asked again once it refused.
        #expect(calls.value == 1)
    }

    @Test func shortAndInterruptedCopiesAreContinued() throws {
        let folder = try TemporaryFolder()
        let file = try source(folder)
        let (system, count) = (FileCalls.system, Counter())
        var calls = system
        calls.copy = { from, offset, to, length in
            count.next() % 3 == 0 ? -Int(EINTR) : system.copy(from, offset, to, min(length, 1_000_003))
        }
        try write(file, to: folder.appending("target"), calls: calls)
        #expect(try folder.read("target") == expected(file))
    }

    @Test(arguments: [ENOSPC, EIO, EDQUOT]) func aCopyThatFailsLeavesNothing(reason: Int32) throws {
        let folder = try TemporaryFolder()
        let file = try source(folder)
        let (system, count) = (FileCalls.system, Counter())
        var calls = system
        calls.copy = { from, offset, to, length in
            count.next() == 1 ? -Int(reason) : system.copy(from, offset, to, length)
        }
        let error = #expect(throws: StorageError.self) {
            try write(file, to: folder.appending("target"), calls: calls)
        }
        #expect(error?.kind == (reason == EIO ? .unwritable : .noSpace))
        #expect(try folder.names() == ["source"])
    }

    @Test(arguments: 0..<4) func askingToStopWhileCopyingLeavesNothing(after limit: Int) throws {
        let folder = try TemporaryFolder()
        let file = try source(folder)
        let count = Counter()
        var calls = FileCalls.system
        calls.checkInterruption = { if count.next() >= limit { throw Interrupted() } }
        #expect(throws: Interrupted.self) { try write(file, to: folder.appending("target"), calls: calls) }
        #expect(try folder.names() == ["source"])
    }

    @Test func aSourceThatEndsEarlyIsSaid() throws {
        let folder = try TemporaryFolder()
        let file = try source(folder)
        var calls = FileCalls.system
        calls.copy = { _, _, _, _ in 0 }
        let error = #expect(throws: StorageError.self) {
            try write(file, to: folder.appending("target"), calls: calls)
        }
        #expect(error?.kind == .changed)
        #expect(error?.file == file.path)
        #expect(try folder.names() == ["source"])
    }

    @Test func diskWritingBeginsEarly() throws {
        let folder = try TemporaryFolder()
        let file = try source(folder, mebibytes: 100)
        let system = FileCalls.system
        let started = Mutex<[Range<Int>]>([])
        var calls = system
        calls.startWriteback = { descriptor, range in
            started.withLock { $0.append(range) }
            system.startWriteback(descriptor, range)
        }
        try write(file, to: folder.appending("target"), calls: calls)
        let ranges = started.withLock { $0 }
        #expect(ranges.count >= 4)
        for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.upperBound == next.lowerBound) }
    }

    @Test func aFileSystemWithoutNamelessFilesIsServedToo() throws {
        let folder = try TemporaryFolder()
        let file = try source(folder)
        var calls = FileCalls.system
        calls.openNameless = { _ in -Int(EOPNOTSUPP) }
        try write(file, to: folder.appending("target"), calls: calls)
        #expect(try folder.names() == ["source", "target"])
        #expect(try folder.read("target") == expected(file))
        calls.sync = { _ in -Int(EIO) }
        #expect(throws: StorageError.self) { try write(file, to: folder.appending("other"), calls: calls) }
        #expect(try folder.names() == ["source", "target"])
    }

    @Test func aFileOnItsWayHasNoName() throws {
        let folder = try TemporaryFolder()
        let file = try source(folder)
        try AtomicFile.write(to: folder.appending("target"), expectedBytes: 1 << 20) { target in
            try target.append(SourceRange(file, 0..<(10 << 20)))
            #expect(try folder.names() == ["source"])
        }
        #expect(try folder.names() == ["source", "target"])
    }
}
