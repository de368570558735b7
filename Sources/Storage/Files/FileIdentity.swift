import Glibc

/// What tells one state of a file from another: its place on disk, its size and when it last changed.
public struct FileIdentity: Hashable, Sendable {
    /// The disk.
    public let device: UInt64
    /// The file on that disk, whatever its names.
    public let inode: UInt64
    /// - Units: bytes.
    public let size: Int
    /// When the contents last changed.
    /// - Units: nanoseconds since 1970.
    public let modified: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    }

    /// The identity of what a path leads to, links followed; nil if there is nothing.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The identity of an open file; nil if the system does not tell.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Whether both are the same file on disk, whatever its state.
    public func isSameFile(as other: FileIdentity) -> Bool { device == other.device && inode == other.inode }
}
