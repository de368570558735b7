import Glibc
import Tensors

/// What writing a file asks of the system; tests hand in calls that fail.
///
/// Each call returns what the call returns, and leaves the reason of a failure as a negative error number.
public struct FileCalls: Sendable {
    /// Writes bytes to a descriptor.
    public var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    /// Puts everything written to a descriptor on disk.
    public var sync: @Sendable (_ descriptor: Int32) -> Int
    /// Gives a file its final name.
    public var rename: @Sendable (_ old: String, _ new: String) -> Int
    /// Bytes that a folder's disk has free for us.
    public var freeBytes: @Sendable (_ folder: String) -> Int
    /// Throws if the user asked to stop; called before each piece is written.
    public var checkInterruption: @Sendable () throws -> Void

    /// The real ones.
    public static let system = FileCalls(
        write: { descriptor, bytes in
            let written = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            return written < 0 ? -Int(errno) : written
        },
        sync: { fsync($0) < 0 ? -Int(errno) : 0 },
        rename: { Glibc.rename($0, $1) < 0 ? -Int(errno) : 0 },
        freeBytes: { folder in
            var status = statvfs()
            guard statvfs(folder, &status) == 0 else { return -Int(errno) }
            let (bytes, overflow) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
            return overflow ? .max : bytes
        },
        checkInterruption: { try Interruption.check() })
}
