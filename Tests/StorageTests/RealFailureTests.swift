import Foundation
import Storage
import Tensors
import Testing

/// Full, closed and read-only disks as the system makes them, and processes that are killed. Each in a process of its own;
/// mounts need root.
@Suite struct RealFailureTests {
    static let old = Array("old contents".utf8)
    /// `MS_REMOUNT | MS_RDONLY`.
    private static let remountReadOnly: UInt = 33
    /// `MNT_DETACH`: a process that another test starts may hold one of the disk's files for a moment.
    private static let detached: Int32 = 2
    static let mayMount: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        guard mount("lancet", folder.path, "tmpfs", 0, "size=64k") == 0 else { return false }
        return umount(folder.path) == 0
    }()

    /// Saves 3 MiB, the first of them at once and the rest from a mapped file, whatever room there seems to be.
    static func save(_ folder: TemporaryFolder, to path: String, calls: FileCalls = .system) throws {
        var calls = calls
        calls.freeBytes = { _ in .max }
        let source = try MappedFile(path: folder.write("source", [UInt8](repeating: 3, count: 2 << 20)))
        try AtomicFile.write(to: path, expectedBytes: 3 << 20, calls: calls) { file in
            try file.append([UInt8](repeating: 1, count: 1 << 20))
            try file.append(SourceRange(source, 0..<source.count))
        }
    }

    static func fails(_ kind: StorageError.Kind, _ body: () throws -> Void) throws {
        do { try body() } catch let error as StorageError {
            try demand(error.kind == kind && error.remedy != nil)
            return
        }
        throw Broken(line: #line)
    }

    @Test(.enabled(if: mayMount, "only root may mount")) func aDiskThatIsFullKeepsTheOldFile() throws {
        let folder = try TemporaryFolder()
        let disk = folder.appending("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        #expect(mount("lancet", disk, "tmpfs", 0, "size=2m") == 0)
        defer { umount2(disk, Self.detached) }
        try folder.write("disk/target", Self.old)
        try Self.fails(.noSpace) { try Self.save(folder, to: disk + "/target") }
        try Self.fails(.noSpace) { try Self.save(folder, to: disk + "/new") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == ["target"])
        #expect(try folder.read("disk/target") == Self.old)
        // And all of it is free again, once no process that another test starts has the open file still.
        for _ in 0..<100 where FileCalls.system.freeBytes(disk) < 1 << 20 { usleep(100_000) }
        try AtomicFile.write(to: disk + "/target", expectedBytes: 1) {
            try $0.append([UInt8](repeating: 1, count: 1 << 20))
        }
    }

    @Test(.enabled(if: mayMount, "only root may mount")) func aDiskThatIsReadOnlyKeepsTheOldFile() throws {
        let folder = try TemporaryFolder()
        let disk = folder.appending("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        #expect(mount("lancet", disk, "tmpfs", 0, "size=8m") == 0)
        defer { umount2(disk, Self.detached) }
        try folder.write("disk/target", Self.old)
        #expect(mount("lancet", disk, "tmpfs", Self.remountReadOnly, nil) == 0)
        try Self.fails(.unwritable) { try Self.save(folder, to: disk + "/target") }
        try Self.fails(.unwritable) { try Self.save(folder, to: disk + "/new") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == ["target"])
        #expect(try folder.read("disk/target") == Self.old)
    }

    @Test(.enabled(if: geteuid() == 0, "only root may become another user")) func aClosedFolderKeepsTheOldFile() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            chmod(folder.path, 0o777)
            try FileManager.default.createDirectory(
                atPath: folder.appending("closed"), withIntermediateDirectories: true)
            try folder.write("closed/target", RealFailureTests.old)
            chmod(folder.appending("closed"), 0o755)
            try demand(seteuid(65534) == 0)
            defer { seteuid(0) }
            try RealFailureTests.fails(.unwritable) {
                try RealFailureTests.save(folder, to: folder.appending("closed/target"))
            }
            try demand(FileManager.default.contentsOfDirectory(atPath: folder.appending("closed")) == ["target"])
            try demand(folder.read("closed/target") == RealFailureTests.old)
        }
    }

    /// Where a process and its parent look for what it left.
    static func meetingPlace(_ name: String, of process: Int32) -> String {
        FileManager.default.temporaryDirectory.path + "/lancet-killed-\(process)-\(name)"
    }

    /// In the child: saves to the meeting place, and is killed where a call is made for the second time.
    static func saveUntilKilled(_ name: String, _ change: (inout FileCalls) -> Void) throws {
        let folder = try TemporaryFolder()
        var calls = FileCalls.system
        change(&calls)
        try save(folder, to: meetingPlace(name, of: getppid()) + "/target", calls: calls)
    }

    /// In the parent: a folder that holds an old file, and nothing else afterwards.
    private func expectNothingLeft(_ name: String, _ run: () async -> Void) async throws {
        let path = Self.meetingPlace(name, of: getpid())
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(Self.old).write(to: URL(fileURLWithPath: path + "/target"))
        await run()
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["target"])
        #expect(try contents(of: path + "/target") == Self.old)
    }

    @Test func aProcessKilledWhileItCopiesLeavesNothing() async throws {
        try await expectNothingLeft("copy") {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                try RealFailureTests.saveUntilKilled("copy") { calls in
                    calls.copy = { _, _, _, _ in Int(kill(getpid(), SIGKILL)) }
                }
            }
        }
    }

    @Test func aProcessKilledBeforeTheNameIsGivenLeavesNothing() async throws {
        try await expectNothingLeft("sync") {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                try RealFailureTests.saveUntilKilled("sync") { calls in
                    calls.sync = { descriptor in
                        fsync(descriptor)
                        return Int(kill(getpid(), SIGKILL))
                    }
                }
            }
        }
    }
}
