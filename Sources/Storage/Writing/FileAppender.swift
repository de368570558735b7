import Glibc
import Tensors

/// Appends to a file, in pieces between which it can be stopped, and begins to put them on disk at once.
final class FileAppender: @unchecked Sendable {
    private let path: String
    private let descriptor: Int32
    private let calls: FileCalls
    /// Told how many bytes are written.
    var watch: (@Sendable (Int) -> Void)?
    private var count = 0
    private var started = 0
    /// Sources whose bytes the kernel does not copy to this file.
    private var uncopied: Set<ObjectIdentifier> = []
    /// Bytes written between two looks at whether to stop.
    private static let writeChunk = 1 << 20
    private static let copyChunk = 8 << 20
    /// Bytes after which disk writing is begun.
    private static let writebackChunk = 16 << 20
    /// Why a kernel does not copy between two files that can be read and written: other disks or file systems, old ones.
    private static let refusals: Set<Int32> = [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM, ETXTBSY, EBADF]

    init(path: String, descriptor: Int32, calls: FileCalls) {
        self.path = path
        self.descriptor = descriptor
        self.calls = calls
    }

    func append(_ job: FileJob) throws {
        switch job {
        case .bytes(let bytes): try write(bytes)
        case .copy(let range): try copy(range)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try calls.checkInterruption()
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.writeChunk))
            let written = calls.write(descriptor, piece)
            if written == -Int(EINTR) { continue }
            guard written > 0 else { throw failure(written == 0 ? EIO : Int32(-written)) }
            rest = rest.dropFirst(written)
            advance(written)
        }
    }

    private func copy(_ range: SourceRange) throws {
        guard let source = range.source as? any DescriptorBacked, !uncopied.contains(ObjectIdentifier(source)) else {
            return try writeInPieces(range)
        }
        var offset = range.range.lowerBound
        while offset < range.range.upperBound {
            try calls.checkInterruption()
            let length = min(Self.copyChunk, range.range.upperBound - offset)
            let copied = calls.copy(source.descriptor, offset, descriptor, length)
            if copied == -Int(EINTR) { continue }
            if copied < 0, Self.refusals.contains(Int32(-copied)) {
                uncopied.insert(ObjectIdentifier(source))
                return try writeInPieces(SourceRange(range.source, offset..<range.range.upperBound))
            }
            guard copied != 0 else { throw ended(source) }
            guard copied > 0 else { throw failure(Int32(-copied)) }
            offset += copied
            advance(copied)
        }
    }

    /// In pieces, so that a paging source is asked for little at a time.
    private func writeInPieces(_ range: SourceRange) throws {
        for start in stride(from: 0, to: range.range.count, by: Self.copyChunk) {
            try range.part(start..<min(range.range.count, start + Self.copyChunk)).withBytes { try write($0) }
        }
    }

    private func advance(_ bytes: Int) {
        count += bytes
        watch?(count)
        guard count - started >= Self.writebackChunk else { return }
        calls.startWriteback(descriptor, started..<count)
        started = count
    }

    private func failure(_ number: Int32) -> any Error {
        // A page that its file no longer has cannot be written from.
        if number == EFAULT {
            do { try MappedFiles.check() } catch { return error }
        }
        return AtomicFile.failure(number, "writing", file: path)
    }

    private func ended(_ source: any DescriptorBacked) -> StorageError {
        StorageError(
            .changed, file: (source as? MappedFile)?.path ?? path, "the file was cut short while it was copied",
            remedy: "restore the file, then open it again")
    }
}
