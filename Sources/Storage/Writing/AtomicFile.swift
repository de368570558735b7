import Glibc
import Tensors

/// A file that appears whole under its name or not at all.
///
/// It is written without a name where the file system can, else under another name in the same folder; put on disk; given
/// its name; and the folder put on disk. Whatever goes wrong before (a full disk, a failing one, Ctrl-C, an error of the
/// caller's) leaves the target as it was and no other file behind; nor does the end of the process, where files can be
/// nameless. A thread writes while the caller makes the next bytes ready.
public struct AtomicFile: ~Copyable {
    /// The file that is being replaced or made, links resolved.
    public let path: String
    /// Bytes appended so far.
    public private(set) var count = 0
    /// Told how many bytes were appended, every few MiB.
    var progress: ((Int) -> Void)?
    private let scratch: ScratchFile
    private let calls: FileCalls
    private let appender: FileAppender
    private var buffer = WriteBehind.Buffer()
    /// Started with the first full buffer: small files do without a thread.
    private var behind: WriteBehind?

    /// Writes a file through a closure.
    ///
    /// - Parameters:
    ///   - path: the target. An existing file is replaced and keeps its permissions, unless it is mapped right now.
    ///   - expectedBytes: how much will be written, compared with the free space first.
    /// - Throws: `StorageError` `.inUse` (save under another name), `.noSpace` (free space), `.unwritable`, `.changed` if
    ///   a mapped file was cut short meanwhile; `Interrupted`; whatever `body` throws.
    public static func write<Result>(
        to path: String, expectedBytes: Int, calls: FileCalls = .system,
        _ body: (inout AtomicFile) throws -> Result
    ) throws -> Result {
        var file = try AtomicFile(path: path, expectedBytes: expectedBytes, calls: calls)
        do {
            let result = try body(&file)
            try file.finish()
            return result
        } catch {
            file.abandon()
            throw error
        }
    }

    /// Writes several files, of which none gets its name before all are complete.
    ///
    /// - Parameters:
    ///   - targets: their paths and how much will be written to each.
    ///   - body: fills the file of an index.
    /// - Throws: as `write(to:)` of one.
    static func writeTogether(
        _ targets: [(path: String, expectedBytes: Int)], calls: FileCalls,
        _ body: (inout AtomicFile, Int) throws -> Void
    ) throws {
        var complete: [(scratch: ScratchFile, path: String)] = []
        var named: [String] = []
        do {
            var left = targets.reduce(0) { $0 + $1.expectedBytes }
            for (index, target) in targets.enumerated() {
                var file = try AtomicFile(path: target.path, expectedBytes: left, calls: calls)
                do {
                    try body(&file, index)
                    try file.complete()
                } catch {
                    file.abandon()
                    throw error
                }
                complete.append((file.scratch, file.path))
                left -= target.expectedBytes
            }
            for (scratch, path) in complete.reversed() {
                let isNew = FileIdentity(path: path) == nil
                try scratch.give(path, calls: calls)
                complete.removeLast()
                if isNew { named.append(path) }
            }
        } catch {
            for (scratch, _) in complete { scratch.abandon() }
            for path in named { unlink(path) }
            throw error
        }
    }

    /// Appends bytes.
    /// - Throws: `StorageError` `.noSpace` or `.unwritable`, perhaps for bytes appended earlier; `Interrupted`.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(WriteBehind.bufferBytes - buffer.count)
            UnsafeMutableRawBufferPointer(rebasing: buffer.memory[buffer.count...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece))
            buffer.count += piece.count
            count += piece.count
            rest = rest.dropFirst(piece.count)
            if buffer.count == WriteBehind.bufferBytes { try submitBuffer() }
        }
    }

    /// Appends bytes.
    /// - Throws: as `append(_:)` of a buffer.
    public mutating func append(_ bytes: [UInt8]) throws {
        let result: Result<Void, any Error> = bytes.withUnsafeBytes { buffer in Result { try append(buffer) } }
        try result.get()
    }

    /// Appends bytes that lie elsewhere; those of a file are copied by the kernel.
    /// - Throws: as `append(_:)` of a buffer; `StorageError` `.changed` if they are no longer there.
    public mutating func append(_ range: SourceRange) throws {
        if !range.range.isEmpty, buffer.count > 0 { try submitBuffer() }
        for start in stride(from: 0, to: range.range.count, by: WriteBehind.bufferBytes) {
            let piece = range.part(start..<min(range.range.count, start + WriteBehind.bufferBytes))
            try writer().submit(piece)
            count += piece.range.count
            progress?(count)
        }
    }

    /// Appends zeros up to the next multiple of an alignment.
    /// - Throws: as `append(_:)`.
    public mutating func pad(to alignment: Int) throws {
        let excess = count % alignment
        var missing = excess == 0 ? 0 : alignment - excess
        let zeros = [UInt8](repeating: 0, count: min(missing, 1 << 20))
        while missing > 0 {
            let length = min(missing, zeros.count)
            try append(length == zeros.count ? zeros : Array(zeros.prefix(length)))
            missing -= length
        }
    }

    /// Writes bytes over those that were appended first, once everything appended is written.
    /// - Throws: as `append(_:)`.
    public mutating func overwriteStart(with bytes: [UInt8]) throws {
        precondition(bytes.count <= count, "more than was appended")
        try flush()
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes {
                calls.overwrite(scratch.descriptor, $0, bytes.count - rest.count)
            }
            if written == -Int(EINTR) { continue }
            guard written > 0 else { throw Self.failure(written == 0 ? EIO : Int32(-written), "writing", file: path) }
            rest = rest.dropFirst(written)
        }
    }
}

extension AtomicFile {
    private init(path: String, expectedBytes: Int, calls: FileCalls) throws(StorageError) {
        let target = try ScratchFile.resolved(path)
        let folder = FolderName(containing: target).path
        if let existing = FileIdentity(path: target), MappedFiles.contains(existing) { throw Self.inUse(path) }
        let free = calls.freeBytes(folder)
        guard free >= 0 else { throw Self.failure(Int32(-free), "looking into the folder", file: path) }
        guard free >= expectedBytes else { throw Self.noRoom(expectedBytes, free, file: path) }
        scratch = try ScratchFile(in: folder, for: path, calls: calls)
        appender = FileAppender(path: target, descriptor: scratch.descriptor, calls: calls)
        self.path = target
        self.calls = calls
    }

    private mutating func writer() -> WriteBehind {
        if let behind { return behind }
        let started = WriteBehind { [appender] job in try appender.append(job) }
        behind = started
        return started
    }

    private mutating func submitBuffer() throws {
        let writer = writer()
        try writer.submit(buffer)
        buffer = writer.buffer()
        progress?(count)
    }

    /// Lends the file's own bytes, as they are written.
    /// - Parameters:
    ///   - byteCount: how many there will be.
    ///   - watch: told how many are written, on the thread that writes; called before anything is appended.
    func reading(byteCount: Int, watch: @escaping @Sendable (Int) -> Void) throws(StorageError) -> WrittenBytes {
        let bytes = try WrittenBytes(path: path, descriptor: scratch.descriptor, byteCount: byteCount)
        appender.watch = watch
        return bytes
    }

    /// Returns when everything appended is written, though perhaps not on disk.
    mutating func flush() throws {
        if let behind {
            if buffer.count > 0 {
                try behind.submit(buffer)
                buffer = behind.buffer()
            }
            try behind.drain()
        } else {
            try appender.append(.bytes(UnsafeRawBufferPointer(rebasing: buffer.memory[..<buffer.count])))
            buffer.count = 0
        }
    }

    private mutating func finish() throws {
        try complete()
        try scratch.give(path, calls: calls)
    }

    /// Puts the whole file on disk; only its name is missing then.
    private mutating func complete() throws {
        try flush()
        try calls.checkInterruption()
        try MappedFiles.check()
        let synced = calls.sync(scratch.descriptor)
        guard synced >= 0 else { throw Self.failure(Int32(-synced), "putting the file on disk", file: path) }
        // A file can have been mapped under this name since the first look.
        if let existing = FileIdentity(path: path), MappedFiles.contains(existing) { throw Self.inUse(path) }
        behind?.close()
    }

    private func abandon() {
        behind?.close()
        scratch.abandon()
    }

    private static func inUse(_ path: String) -> StorageError {
        StorageError(.inUse, file: path, "the file is open and in use", remedy: "save under another name")
    }

    static func noRoom(_ expectedBytes: Int, _ free: Int, file: String) -> StorageError {
        StorageError(
            .noSpace, file: file, "it takes \(expectedBytes) bytes, but only \(free) are free",
            remedy: "free some space or save to another disk")
    }

    static func failure(_ number: Int32, _ doing: String, file: String) -> StorageError {
        switch number {
        case ENOSPC, EDQUOT:
            StorageError(
                .noSpace, file: file, "\(doing) failed: \(SystemError.text(number))",
                remedy: "free some space or save to another disk")
        case ENOENT, ENOTDIR:
            StorageError(.unwritable, file: file, "there is no such folder", remedy: "make the folder first")
        case EACCES, EPERM, EROFS:
            StorageError(
                .unwritable, file: file, "\(doing) failed: \(SystemError.text(number))",
                remedy: "save to a folder that you may write to")
        default:
            StorageError(
                .unwritable, file: file, "\(doing) failed: \(SystemError.text(number))",
                remedy: "check the disk, or save to another one")
        }
    }
}
