import Glibc

/// What the process takes of the machine's memory, as the system counts it.
public enum ProcessMemory {
    /// Bytes that are in memory now: its own and those of mapped files; 0 where the system does not tell.
    public static var resident: Int {
        let fields = text(of: "/proc/self/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    /// The most that was ever in memory at a time; 0 where the system does not tell.
    /// - Units: bytes.
    public static var peak: Int {
        for line in text(of: "/proc/self/status").split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) * 1024
        }
        return 0
    }

    private static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { bytes in
            let count = read(descriptor, bytes.baseAddress, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }
}
