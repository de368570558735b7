import Foundation
import Glibc
import Storage
import Testing

/// What a killed save left goes with the next one beside it, and nothing else does.
@Suite struct AbandonedPartialTests {
    /// The number of a process that is gone.
    private func goneProcess() throws -> pid_t {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        return process.processIdentifier
    }

    private func save(to path: String) throws {
        let archive = try Archive.open(ContainerContents.path("every-type.safetensors"))
        try SafetensorsFolderWriter(
            tensors: archive.tensors.map { TensorPlan(copying: $0) }, companions: [], largestShard: 1 << 30
        ).write(to: path)
    }

    @Test func theNextSaveRemovesWhatAKilledOneLeft() throws {
        let folder = try TemporaryFolder()
        let gone = try goneProcess()
        try FileManager.default.createDirectory(
            atPath: folder.appending(".lancet-\(gone)-0.partial"), withIntermediateDirectories: false)
        try folder.write(".lancet-\(gone)-0.partial/model.safetensors", [1, 2, 3])
        try folder.write(".lancet-\(gone)-12.partial", [1, 2, 3])
        try save(to: folder.appending("model"))
        #expect(try folder.names() == ["model"])
    }

    @Test func othersWorkStays() throws {
        let folder = try TemporaryFolder()
        let gone = try goneProcess()
        let kept = [
            ".lancet-\(getpid())-0.partial", ".lancet-1-0.partial", ".lancet-\(gone)-0.partial.bak",
            ".lancet-\(gone).partial", ".lancet-x-0.partial", "lancet-\(gone)-0.partial",
            ".lancet-99999999999-0.partial",
            ".lancet-0-0.partial", ".lancet--5-0.partial", "model.partial",
        ]
        for name in kept { try folder.write(name, [1]) }
        try folder.write("target", [1])
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending(".lancet-\(gone)-1.partial"), withDestinationPath: folder.appending("target"))
        // Somebody writes it under a process number that means something else here.
        let locked = folder.appending(".lancet-\(gone)-2.partial")
        try folder.write(".lancet-\(gone)-2.partial", [1])
        let descriptor = open(locked, O_RDONLY)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        try save(to: folder.appending("model"))
        let names = try folder.names()
        let expected = kept + [".lancet-\(gone)-1.partial", ".lancet-\(gone)-2.partial", "target", "model"]
        #expect(Set(names) == Set(expected))
    }
}
