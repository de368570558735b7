import Glibc
import Synchronization
import Tensors

/// A file mapped into memory, read only.
///
/// Its size is taken when it is opened. Should the file be cut short while it is mapped, reading what is gone gives zeros,
/// and `MappedFiles.check()` tells. A file that is replaced by another under its name stays readable as it was.
public final class MappedFile: ByteSource, DescriptorBacked {
    /// The path as it was given.
    public let path: String
    /// Which file it is, and in what state it was opened.
    public let identity: FileIdentity
    private let base: UInt
    private let ticket: MappedFiles.Ticket
    let descriptor: Int32
    /// How its bytes belong together, and the cache that lends them under a memory limit.
    private let paging = Mutex(Paging())
    /// Whether there is such a cache: looked at before the lock is taken.
    private let isPaged = Atomic<Bool>(false)

    private struct Paging {
        var layout: PageLayout?
        var paged: PagedFile?
    }

    /// Maps a file.
    ///
    /// - Throws: `StorageError` `.notFound` or `.unreadable`.
    /// - Complexity: O(1); no page is read.
    public init(path: String) throws(StorageError) {
        // Without waiting: opening a named pipe that nobody writes to would never return.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.openFailure(path, errno) }
        do {
            (identity, base) = try Self.map(descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
        ticket = MappedFiles.add(
            path: path, identity: identity, base: base, byteCount: identity.size, descriptor: descriptor)
    }

    deinit {
        MappedFiles.remove(ticket)
        if base != 0 { munmap(UnsafeMutableRawPointer(bitPattern: base), identity.size) }
        close(descriptor)
    }

    private static func map(
        _ descriptor: Int32, _ path: String
    ) throws(StorageError) -> (identity: FileIdentity, base: UInt) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw openFailure(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.unreadable, file: path, "it is not a regular file", remedy: "name a file")
        }
        let identity = FileIdentity(status)
        guard identity.size > 0 else { return (identity, 0) }
        guard let address = mmap(nil, identity.size, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED
        else { throw openFailure(path, errno) }
        return (identity, UInt(bitPattern: address))
    }

    /// Returns if the file still is in the state it was opened in.
    /// - Throws: `StorageError` `.changed`.
    public func checkUnchanged() throws(StorageError) {
        guard FileIdentity(descriptor: descriptor) == identity else {
            throw StorageError(
                .changed, file: path, "the file was written to while it was open", remedy: "open it again")
        }
    }

    public var count: Int { identity.size }

    public func withBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        if isPaged.load(ordering: .acquiring), !range.isEmpty, let paged {
            return try paged.withBytes(range, of: self, body)
        }
        return try withMap(range, body)
    }

    /// Lends bytes of the map, whatever the limit.
    func withMap<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let whole = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: base), count: count)
        return try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(rebasing: whole[range])) }
    }

    /// How it is paged, if it is.
    var paged: PagedFile? { paging.withLock { $0.paged } }

    func belongs(to layout: PageLayout) { paging.withLock { $0.layout = layout } }

    /// Lets a cache lend its bytes from now on; nil lends them from the map. Nobody may read it meanwhile.
    func page(from paged: PagedFile?) {
        isPaged.store(paged != nil, ordering: .releasing)
        let before = paging.withLock { paging in
            defer { paging.paged = paged }
            return paging.paged
        }
        // The last reference goes here, outside the lock.
        withExtendedLifetime(before) {}
    }

    /// Lets the system take back at once what was read of a range.
    func forget(_ range: Range<Int>) {
        advise(.dontNeed, range)
        _ = posix_fadvise(descriptor, range.lowerBound, range.count, POSIX_FADV_DONTNEED)
    }

    /// How the file falls into units, if the checkpoint it belongs to has said so.
    public var layout: PageLayout? { paging.withLock { $0.layout } }

    /// How a range will be read, as a hint to the system.
    public enum Advice: Sendable {
        case normal, sequential, random, willNeed, dontNeed
    }

    /// Tells the system how a range will be read; it may take no notice.
    public func advise(_ advice: Advice, _ range: Range<Int>) {
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let range = range.clamped(to: 0..<count)
        guard base != 0, !range.isEmpty else { return }
        let start = (base + UInt(range.lowerBound)) / page * page
        let flag =
            switch advice {
            case .normal: MADV_NORMAL
            case .sequential: MADV_SEQUENTIAL
            case .random: MADV_RANDOM
            case .willNeed: MADV_WILLNEED
            case .dontNeed: MADV_DONTNEED
            }
        madvise(UnsafeMutableRawPointer(bitPattern: start), Int(base + UInt(range.upperBound) - start), flag)
    }

    private static func openFailure(_ path: String, _ number: Int32) -> StorageError {
        switch number {
        case ENOENT, ENOTDIR:
            StorageError(.notFound, file: path, "there is no such file", remedy: "check the path")
        case EACCES, EPERM:
            StorageError(.unreadable, file: path, "permission denied", remedy: "make the file readable for you")
        default:
            StorageError(.unreadable, file: path, SystemError.text(number))
        }
    }
}
