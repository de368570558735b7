import Foundation

/// A memory cgroup for one test: a process in it cannot take more than its limit, page cache included.
final class MemoryGroup {
    private static let root = "/sys/fs/cgroup/memory"
    private let path: String

    /// Whether there is a controller that this process may use.
    static var isAvailable: Bool { (try? MemoryGroup(limit: 1 << 30)) != nil }

    /// - Parameter limit: bytes.
    init(limit: Int) throws {
        path = Self.root + "/lancet-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try write("\(limit)", to: "memory.limit_in_bytes")
    }

    deinit { rmdir(path) }

    /// The file that a process writes its number to in order to belong to it.
    var processes: String { path + "/cgroup.procs" }

    /// The most bytes its processes took at a time.
    var peak: Int { number("memory.max_usage_in_bytes") }

    /// How often they wanted more than the limit.
    var refusals: Int { number("memory.failcnt") }

    private func number(_ name: String) -> Int {
        let text = try? String(contentsOfFile: path + "/" + name, encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? -1
    }

    private func write(_ text: String, to name: String) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: path + "/" + name))
        defer { try? handle.close() }
        try handle.write(contentsOf: Data(text.utf8))
    }
}
