import Glibc
import Tensors

/// Room on disk for encoded tensors that exist in no file yet, for instance those that were quantized a moment ago.
///
/// Each is kept in a temporary file without a name, mapped into memory, so it costs no memory that the system could not
/// take back; the space is free again when the last who holds the source lets go, or the process ends.
public final class SpillFile: Sendable {
    private let folder: String

    /// A spill file whose bytes go to the disk of a folder.
    /// - Parameter folder: where there is room; nil takes `TMPDIR`, or `/var/tmp`.
    public init(folder: String? = nil) {
        self.folder = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    }

    /// Makes room that is filled later; until then it reads as zeros.
    ///
    /// - Throws: `StorageError` `.noSpace` or `.unwritable`.
    public func reserve(byteCount: Int) throws(StorageError) -> SpillSegment {
        try SpillSegment(byteCount: byteCount, folder: folder)
    }

    /// Makes room, lets a closure fill it, and gives the source of exactly these bytes.
    ///
    /// - Throws: `StorageError` `.noSpace` or `.unwritable`; whatever `fill` throws.
    public func append(
        byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws -> (source: any ByteSource, offset: Int) {
        let segment = try reserve(byteCount: byteCount)
        try fill(segment.bytes)
        return (segment, 0)
    }
}

/// One run of bytes of a spill file.
public final class SpillSegment: ByteSource, DescriptorBacked {
    public let count: Int
    let descriptor: Int32
    private let base: UInt

    /// Blocks on disk are reserved first: writing to a map of a full disk would end the process.
    fileprivate init(byteCount: Int, folder: String) throws(StorageError) {
        count = byteCount
        guard byteCount > 0 else {
            (base, descriptor) = (0, -1)
            return
        }
        var template = Array((FolderName(path: folder).appending(".lancet-spill-XXXXXX")).utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { buffer -> Int32 in
            guard let start = buffer.baseAddress else { return -1 }
            let descriptor = mkstemp(start)
            if descriptor >= 0 { unlink(start) }
            return descriptor
        }
        guard descriptor >= 0 else { throw Self.failure(errno, folder) }
        do {
            base = try Self.map(descriptor, byteCount, folder)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit {
        guard base != 0 else { return }
        munmap(UnsafeMutableRawPointer(bitPattern: base), count)
        close(descriptor)
    }

    private static func map(_ descriptor: Int32, _ byteCount: Int, _ folder: String) throws(StorageError) -> UInt {
        let reserved = posix_fallocate(descriptor, 0, byteCount)
        guard reserved == 0 else { throw failure(reserved, folder) }
        guard let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            address != MAP_FAILED
        else { throw failure(errno, folder) }
        return UInt(bitPattern: address)
    }

    /// The bytes themselves; whoever writes to them sees to it that nobody reads them at that time.
    public var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: base), count: count)
    }

    public func withBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(self) {
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range]))
        }
    }

    private static func failure(_ number: Int32, _ folder: String) -> StorageError {
        StorageError(
            number == ENOSPC || number == EDQUOT ? .noSpace : .unwritable, file: folder,
            "making room for new tensors failed: \(SystemError.text(number))",
            remedy: "set TMPDIR to a folder on a disk with more room")
    }
}
