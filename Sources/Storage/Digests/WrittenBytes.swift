import Glibc
import Tensors

/// The bytes of a file that is being written; whoever reads some sees to it that they are there.
final class WrittenBytes: ByteSource {
    let count: Int
    private let base: UInt
    private let ticket: MappedFiles.Ticket
    private let descriptor: Int32

    /// Maps a file that is open for reading and writing.
    /// - Parameters:
    ///   - path: how errors name it.
    ///   - byteCount: how long it will be, at least 1.
    /// - Throws: `StorageError` `.unwritable` if the file system cannot.
    init(path: String, descriptor: Int32, byteCount: Int) throws(StorageError) {
        let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard own >= 0, let identity = FileIdentity(descriptor: own) else {
            throw AtomicFile.failure(errno, "reading what was written", file: path)
        }
        guard let address = mmap(nil, byteCount, PROT_READ, MAP_SHARED, own, 0), address != MAP_FAILED else {
            let number = errno
            close(own)
            throw AtomicFile.failure(number, "reading what was written", file: path)
        }
        count = byteCount
        self.descriptor = own
        base = UInt(bitPattern: address)
        ticket = MappedFiles.add(path: path, identity: identity, base: base, byteCount: byteCount, descriptor: own)
    }

    deinit {
        MappedFiles.remove(ticket)
        munmap(UnsafeMutableRawPointer(bitPattern: base), count)
        close(descriptor)
    }

    func withBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let whole = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: base), count: count)
        return try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(rebasing: whole[range])) }
    }

    /// Takes pages that nobody will read again out of the map, so that what the process seems to hold does not grow.
    func forget(_ range: Range<Int>) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let start = (range.lowerBound + page - 1) / page * page, end = range.upperBound / page * page
        guard start < end, let address = UnsafeMutableRawPointer(bitPattern: base + UInt(start)) else { return }
        madvise(address, end - start, MADV_DONTNEED)
    }
}
