import CFiles
import Glibc
import Tensors

/// What writing a file asks of the system; tests hand in calls that fail.
///
/// Each call returns what the call returns, and leaves the reason of a failure as a negative error number.
public struct FileCalls: Sendable {
    /// Writes bytes to a descriptor.
    public var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    /// Copies bytes of one descriptor, from an offset on, to where another stands, inside the kernel.
    public var copy: @Sendable (_ from: Int32, _ offset: Int, _ to: Int32, _ count: Int) -> Int
    /// Writes bytes over those at an offset of a descriptor.
    public var overwrite: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int
    /// Begins to put a range of a descriptor on disk; what it returns is of no account.
    public var startWriteback: @Sendable (_ descriptor: Int32, _ range: Range<Int>) -> Void
    /// Puts everything written to a descriptor on disk.
    public var sync: @Sendable (_ descriptor: Int32) -> Int
    /// Opens a file without a name in a folder; what fails is done with a named one.
    public var openNameless: @Sendable (_ folder: String) -> Int
    /// Gives a nameless file a name that is free.
    public var link: @Sendable (_ descriptor: Int32, _ path: String) -> Int
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
        copy: { Int(lf_copy_range($0, Int64($1), $2, $3)) },
        overwrite: { descriptor, bytes, offset in
            let written = pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
            return written < 0 ? -Int(errno) : written
        },
        startWriteback: { _ = lf_start_writeback($0, Int64($1.lowerBound), Int64($1.count)) },
        sync: { fsync($0) < 0 ? -Int(errno) : 0 },
        openNameless: { Int(lf_open_nameless($0, 0o666)) },
        link: { Int(lf_link_nameless($0, $1)) },
        rename: { Glibc.rename($0, $1) < 0 ? -Int(errno) : 0 },
        freeBytes: { folder in
            var status = statvfs()
            guard statvfs(folder, &status) == 0 else { return -Int(errno) }
            let (bytes, overflow) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
            return overflow ? .max : bytes
        },
        checkInterruption: { try Interruption.check() })
}
