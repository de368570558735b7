import CFiles
import Glibc

/// A file read past the page cache, so that what is read costs the memory it is read into and no more.
///
/// Where the file system does not read so, pages are read the usual way and dropped at once.
final class DirectFile: Sendable {
    let path: String
    /// - Units: bytes.
    let size: Int
    let descriptor: Int32
    /// Whether it is read past the page cache.
    let isDirect: Bool

    /// What offsets, lengths and addresses of direct reads are multiples of: the largest block of usual disks.
    /// - Units: bytes.
    static let alignment = 4096

    /// Another way to an open file, which stays the same file whatever happens to its name.
    /// - Throws: `StorageError` `.unreadable` if the system gives no further descriptor.
    init(_ file: MappedFile) throws(StorageError) {
        path = file.path
        size = file.count
        let direct = lf_reopen_direct(file.descriptor)
        isDirect = direct >= 0
        descriptor = direct >= 0 ? direct : fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else {
            throw StorageError(.unreadable, file: path, SystemError.text(errno), remedy: "close other files")
        }
    }

    deinit { close(descriptor) }

    /// The smallest aligned range around one.
    static func window(_ range: Range<Int>) -> Range<Int> {
        let start = range.lowerBound / alignment * alignment
        return start..<(range.upperBound + alignment - 1) / alignment * alignment
    }

    /// Reads an aligned range, or as much of it as lies in the file.
    /// - Parameter bytes: aligned, and as many as the range.
    /// - Returns: why not; nil if it was read.
    func read(_ window: Range<Int>, into bytes: UnsafeMutableRawPointer) -> StorageError? {
        let end = min(window.upperBound, size)
        var position = window.lowerBound
        while position < end {
            let target = bytes + (position - window.lowerBound)
            var count = pread(descriptor, target, window.upperBound - position, position)
            if count < 0, errno == EINVAL, isDirect { count = readByCache(position, end - position, target) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return failure(count, at: position) }
            position += count
        }
        if !isDirect { _ = posix_fadvise(descriptor, window.lowerBound, window.count, POSIX_FADV_DONTNEED) }
        return nil
    }

    /// A file system may open a file for direct reads and yet refuse some.
    private func readByCache(_ offset: Int, _ count: Int, _ bytes: UnsafeMutableRawPointer) -> Int {
        let usual = lf_reopen(descriptor)
        guard usual >= 0 else {
            errno = -usual
            return -1
        }
        defer { close(usual) }
        let read = pread(usual, bytes, count, offset)
        let reason = errno
        _ = posix_fadvise(usual, offset, count, POSIX_FADV_DONTNEED)
        errno = reason
        return read
    }

    private func failure(_ count: Int, at offset: Int) -> StorageError {
        guard count < 0 else {
            return StorageError(
                .changed, file: path, offset: offset, "the file was cut short while it was open",
                remedy: "restore the file, then open it again")
        }
        return StorageError(
            .unreadable, file: path, offset: offset, "reading failed: \(SystemError.text(errno))",
            remedy: "check the disk, then run it again")
    }
}
