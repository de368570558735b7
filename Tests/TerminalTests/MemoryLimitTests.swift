import Foundation
import TestSupport
import Testing

/// A model that is larger than the memory it may take.
@Suite(.serialized) struct MemoryLimitTests {
    private static let limit = 96 << 20

    private func script(_ path: String) -> String {
        """
        m = open "\(path)"
        held = corpus "examples/models/heldout-code.txt"
        print (generate m "The capital of France is" max 24)
        print (perplexity m over held context 64)
        """
    }

    /// The teaching model in float32: 55 MiB, of which 48 are experts.
    private func wideModel() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lancet-\(UUID().uuidString).gguf")
            .path
        _ = try LancetProcess.run([
            "-c", "m = open \"examples/models/teach-gptoss-bf16.gguf\"\nquantize m as f32\nsave m \"\(path)\"",
        ])
        return path
    }

    @Test(.enabled(if: MemoryGroup.isAvailable, "there is no memory controller here that this process may use"))
    func theLimitIsNeverReachedAndNoBitChanges() throws {
        let path = try wideModel()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let expected = try LancetProcess.run(["-c", script(path)])
        #expect(expected.output.contains("perplexity"), "\(expected.errors)")
        forget(path)
        let group = try MemoryGroup(limit: Self.limit)
        let limited = try LancetProcess.run(["--memory", "\(Self.limit)B", "-c", script(path)], in: group)
        #expect(limited.output == expected.output)
        #expect(limited.errors.contains("experts' matrices found in memory"), "\(limited.errors)")
        #expect(group.peak > Self.limit / 4)
        #expect(group.peak <= Self.limit)
        #expect(group.refusals == 0)
    }

    /// Drops a file's pages from the page cache.
    private func forget(_ path: String) {
        let descriptor = open(path, O_RDWR)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        close(descriptor)
    }

    @Test func aLimitThatIsNoSizeOrTooSmallIsRefused() throws {
        #expect(try LancetProcess.run(["--memory", "8", "-c", "print 1"]).errors.contains("8GiB"))
        #expect(try LancetProcess.run(["--memory", "much", "-c", "print 1"]).errors.contains("8GiB"))
        let small = try LancetProcess.run(["--memory", "1MiB", "-c", "print 1"])
        #expect(small.output.isEmpty)
        #expect(small.errors.contains("takes") && small.errors.contains("larger limit"))
    }

    /// A text of about 440 tokens is read in one pass, and a limit that all fits in counts what was taken at most.
    @Test(arguments: ["gptoss", "qwen3moe"])
    func whatMemoryForetellsIsWhatARunTakes(name: String) throws {
        let text = try String(
            contentsOf: RepositoryRoot.url.appending(path: "examples/models/heldout.txt"), encoding: .utf8
        )
        .prefix(1600).filter { $0.isLetter || $0 == " " || $0 == "." }
        let result = try LancetProcess.run([
            "-c",
            """
            set memory 64GiB
            m = open "examples/models/teach-\(name)-bf16.gguf"
            foretold = memory m context (len (tokens m "\(text)"))
            g = generate m "\(text)" max 2
            taken = set memory
            print (taken.peak / foretold.total)
            """,
        ])
        let share = Double(result.output.split(separator: "\n").last ?? "") ?? .nan
        // Of the embedding a run reads no more than its tokens' rows, and not every expert is used.
        #expect(share > 0.75 && share < 1.1, "\(result)")
    }
}
