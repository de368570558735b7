import Glibc
import Tensors

/// A file that appears whole under its name or not at all.
///
/// It is written under another name in the same folder, put on disk, renamed, and the folder put on disk. Whatever goes
/// wrong before the rename (a full disk, a failing one, Ctrl-C, an error of the caller's) leaves the target as it was and
/// no other file behind.
public struct AtomicFile: ~Copyable {
    /// The file that is being replaced or made, links resolved.
    public let path: String
    /// Bytes appended so far.
    public private(set) var count = 0
    private let temporary: String
    private let folder: String
    private let descriptor: Int32
    private let calls: FileCalls
    /// Bytes written between two looks at whether to stop.
    private static let chunk = 1 << 20

    /// Writes a file through a closure.
    ///
    /// - Parameters:
    ///   - path: the target. An existing file is replaced and keeps its permissions, unless it is mapped right now.
    ///   - expectedBytes: how much will be written, compared with the free space first.
    /// - Throws: `StorageError` `.inUse` (save under another name), `.noSpace` (free space), `.unwritable`;
    ///   `Interrupted`; whatever `body` throws.
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

    /// Appends bytes.
    /// - Throws: `StorageError` `.noSpace` or `.unwritable`; `Interrupted`.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try calls.checkInterruption()
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.chunk))
            let written = calls.write(descriptor, piece)
            if written == -Int(EINTR) { continue }
            guard written > 0 else { throw failure(written == 0 ? EIO : Int32(-written), "writing") }
            rest = rest.dropFirst(written)
            count += written
        }
    }

    /// Appends bytes.
    /// - Throws: as `append(_:)` of a buffer.
    public mutating func append(_ bytes: [UInt8]) throws {
        let result: Result<Void, any Error> = bytes.withUnsafeBytes { buffer in Result { try append(buffer) } }
        try result.get()
    }

    /// Appends zeros up to the next multiple of an alignment.
    /// - Throws: as `append(_:)`.
    public mutating func pad(to alignment: Int) throws {
        let excess = count % alignment
        var missing = excess == 0 ? 0 : alignment - excess
        let zeros = [UInt8](repeating: 0, count: min(missing, Self.chunk))
        while missing > 0 {
            let length = min(missing, zeros.count)
            try append(length == zeros.count ? zeros : Array(zeros.prefix(length)))
            missing -= length
        }
    }
}

extension AtomicFile {
    private init(path: String, expectedBytes: Int, calls: FileCalls) throws(StorageError) {
        let target = try Self.resolved(path)
        let folder = FolderName(containing: target).path
        let existing = FileIdentity(path: target)
        if let existing, MappedFiles.contains(existing) {
            throw StorageError(
                .inUse, file: path, "the file is open and in use", remedy: "save under another name")
        }
        let free = calls.freeBytes(folder)
        guard free >= 0 else { throw Self.failure(Int32(-free), "looking into the folder", file: path) }
        guard free >= expectedBytes else {
            throw StorageError(
                .noSpace, file: path, "it takes \(expectedBytes) bytes, but only \(free) are free",
                remedy: "free some space or save to another disk")
        }
        (temporary, descriptor) = try Self.makeTemporary(in: folder, for: path)
        self.path = target
        self.folder = folder
        self.calls = calls
    }

    /// What the path leads to: where it is a link, the file behind it is replaced, not the link.
    private static func resolved(_ path: String) throws(StorageError) -> String {
        var status = stat()
        guard lstat(path, &status) == 0 else { return path }
        guard let real = realpath(path, nil) else {
            throw failure(errno, "following the link", file: path)
        }
        defer { free(real) }
        guard stat(real, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.unwritable, file: path, "it is not a regular file", remedy: "save under another name")
        }
        return String(cString: real)
    }

    private static func makeTemporary(
        in folder: String, for path: String
    ) throws(StorageError) -> (path: String, descriptor: Int32) {
        let folder = FolderName(path: folder)
        for attempt in 0..<1000 {
            let name = folder.appending(".lancet-\(getpid())-\(attempt).partial")
            let descriptor = Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (name, descriptor) }
            guard errno == EEXIST else { throw failure(errno, "making a file in the folder", file: path) }
        }
        throw failure(EEXIST, "making a file in the folder", file: path)
    }

    private mutating func finish() throws {
        try calls.checkInterruption()
        var status = stat()
        if stat(path, &status) == 0 { fchmod(descriptor, status.st_mode & 0o7777) }
        let synced = calls.sync(descriptor)
        guard synced >= 0 else { throw failure(Int32(-synced), "putting the file on disk") }
        // A file can have been mapped under this name since the first look.
        if let existing = FileIdentity(path: path), MappedFiles.contains(existing) {
            throw StorageError(.inUse, file: path, "the file is open and in use", remedy: "save under another name")
        }
        let renamed = calls.rename(temporary, path)
        guard renamed >= 0 else { throw failure(Int32(-renamed), "giving the file its name") }
        close(descriptor)
        syncFolder()
    }

    /// The file is complete under its name by now; a file system that cannot sync folders does not make it less so.
    private func syncFolder() {
        let handle = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return }
        _ = calls.sync(handle)
        close(handle)
    }

    private func abandon() {
        close(descriptor)
        unlink(temporary)
    }

    private func failure(_ number: Int32, _ doing: String) -> StorageError {
        Self.failure(number, doing, file: path)
    }

    private static func failure(_ number: Int32, _ doing: String, file: String) -> StorageError {
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
