import Foundation
import Storage
import Tensors
import Testing

/// A condition of a scenario that runs in a process of its own did not hold.
struct Broken: Error {
    let line: Int
}

/// Ends the process of a scenario with a failure unless a condition holds.
func demand(_ condition: Bool, line: Int = #line) throws {
    if !condition { throw Broken(line: line) }
}

/// A file that is cut short while it is mapped: an error, not a death. Each in a process of its own, for the guard is one for
/// the whole process.
@Suite struct TruncationGuardTests {
    private static func mapped(_ folder: TemporaryFolder) throws -> MappedFile {
        try MappedFile(path: folder.write("file", [UInt8](repeating: 7, count: 1 << 20)))
    }

    private static func changed(_ file: MappedFile) -> Bool {
        do { try MappedFiles.check() } catch { return error.kind == .changed && error.file == file.path }
        return false
    }

    private static func sum(_ file: MappedFile, _ range: Range<Int>) -> Int {
        file.withBytes(range) { $0.reduce(0) { $0 + Int($1) } }
    }

    @Test func whatIsGoneReadsAsZerosAndIsTold() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let file = try TruncationGuardTests.mapped(folder)
            let other = try MappedFile(path: folder.write("other", [UInt8](repeating: 1, count: 1 << 16)))
            try demand(!MappedFiles.areDamaged)
            try MappedFiles.check()
            try demand(truncate(file.path, 100_000) == 0)
            try demand(TruncationGuardTests.sum(file, 500_000..<500_100) == 0)
            try demand(Interruption.isRequested)
            try demand(MappedFiles.areDamaged)
            try demand(TruncationGuardTests.changed(file))
            // Told once; then only what reads the file again is told again.
            try demand(!MappedFiles.areDamaged)
            try MappedFiles.check()
            try demand(TruncationGuardTests.sum(other, 0..<1000) == 1000)
            try MappedFiles.check()
            try demand(TruncationGuardTests.sum(file, 0..<100) == 0)
            try demand(TruncationGuardTests.changed(file))
            try MappedFiles.check()
        }
    }

    @Test func aCutWithinAPageIsToldWithoutAMiss() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let file = try TruncationGuardTests.mapped(folder)
            try demand(truncate(file.path, (1 << 20) - 1) == 0)
            try demand(MappedFiles.areDamaged)
            try demand(TruncationGuardTests.changed(file))
        }
    }

    @Test func manyThreadsMayMissAtOnce() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let files = try (0..<8).map {
                try MappedFile(path: folder.write("file\($0)", [UInt8](repeating: 7, count: 1 << 20)))
            }
            for file in files { try demand(truncate(file.path, 5000) == 0) }
            DispatchQueue.concurrentPerform(iterations: 64) { index in
                _ = TruncationGuardTests.sum(files[index % 8], 8192 * (index / 8 + 1)..<(1 << 20))
            }
            try withExtendedLifetime(files) {
                try demand(MappedFiles.areDamaged)
                do { try MappedFiles.check() } catch { return }
                throw Broken(line: #line)
            }
        }
    }

    @Test func aFileOnItsWayOutIsNotGivenItsName() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let file = try TruncationGuardTests.mapped(folder)
            do {
                try AtomicFile.write(to: folder.appending("target"), expectedBytes: 10) { target in
                    try target.append([1, 2, 3])
                    truncate(file.path, 5000)
                    _ = TruncationGuardTests.sum(file, 8192..<10_000)
                }
            } catch is Interrupted {
                try demand(TruncationGuardTests.changed(file))
                try demand(folder.names() == ["file"])
                return
            }
            throw Broken(line: #line)
        }
    }

    @Test func otherBusErrorsEndTheProcessAsBefore() async {
        await #expect(processExitsWith: .signal(SIGBUS)) {
            let folder = try TemporaryFolder()
            let guarded = try TruncationGuardTests.mapped(folder)
            let path = try folder.write("unguarded", [UInt8](repeating: 7, count: 1 << 20))
            let descriptor = open(path, O_RDONLY)
            let address = mmap(nil, 1 << 20, PROT_READ, MAP_SHARED, descriptor, 0)
            truncate(path, 0)
            print(address?.load(as: UInt8.self) ?? 0, guarded.count)
        }
    }

    @Test func aFileThatIsReplacedStaysAsItWas() throws {
        let folder = try TemporaryFolder()
        let file = try Self.mapped(folder)
        try folder.write("new", [UInt8](repeating: 1, count: 10))
        #expect(rename(folder.appending("new"), file.path) == 0)
        #expect(Self.sum(file, 0..<(1 << 20)) == 7 << 20)
        try file.checkUnchanged()
    }

    @Test func aFileWrittenOverInPlaceIsFoundOut() throws {
        let folder = try TemporaryFolder()
        let file = try Self.mapped(folder)
        try file.checkUnchanged()
        // Older systems tell times only to a few milliseconds.
        usleep(20_000)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
        let error = #expect(throws: StorageError.self) { try file.checkUnchanged() }
        #expect(error?.kind == .changed && error?.file == file.path && error?.remedy != nil)
    }
}
