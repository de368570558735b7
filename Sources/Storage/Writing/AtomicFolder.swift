import CFiles
import Documents
import Foundation
import Glibc

/// A folder that appears whole under its name or not at all.
///
/// It is written beside its name and renamed. A process that is killed meanwhile leaves the target as it was, and the
/// folder it was writing under a `PartialName`, which the next save beside it removes; anything less leaves nothing.
enum AtomicFolder {
    /// The file that lists what Lancet wrote into a folder.
    static let listName = "lancet.json"
    static let listKey = "files"

    /// Fills a new folder through a closure and gives it its name.
    ///
    /// - Parameter path: the target. A folder there is replaced if `isReplaceable`.
    /// - Throws: `StorageError`; `Interrupted`; whatever `body` throws.
    static func write<Result>(
        to path: String, expectedBytes: Int, calls: FileCalls, _ body: (FolderName) throws -> Result
    ) throws -> Result {
        let target = try resolved(path)
        try checkReplaceable(target, path)
        let parent = FolderName(containing: target)
        let free = calls.freeBytes(parent.path)
        guard free >= 0 else { throw AtomicFile.failure(Int32(-free), "looking into the folder", file: path) }
        guard free >= expectedBytes else { throw AtomicFile.noRoom(expectedBytes, free, file: path) }
        PartialName.removeAbandoned(in: parent)
        let (temporary, lock) = try make(in: parent, for: path)
        defer { if lock >= 0 { close(lock) } }
        do {
            let result = try body(temporary)
            try calls.checkInterruption()
            try checkReplaceable(target, path)
            try give(temporary, target, path, calls)
            sync(parent, calls)
            return result
        } catch {
            try? FileManager.default.removeItem(atPath: temporary.path)
            throw error
        }
    }

    /// The path without slashes at its end, links followed.
    private static func resolved(_ path: String) throws(StorageError) -> String {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        var status = stat()
        guard lstat(String(trimmed), &status) == 0 else { return String(trimmed) }
        guard let real = realpath(String(trimmed), nil) else {
            throw AtomicFile.failure(errno, "following the link", file: path)
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// Returns if nothing is there, or a folder that holds nothing but what Lancet wrote.
    private static func checkReplaceable(_ target: String, _ path: String) throws(StorageError) {
        var status = stat()
        guard stat(target, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StorageError(.exists, file: path, "it is a file, not a folder", remedy: "save under another name")
        }
        let folder = FolderName(path: target)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: target) else {
            throw StorageError(.unwritable, file: path, "the folder cannot be read", remedy: "save under another name")
        }
        for name in names {
            guard let identity = FileIdentity(path: folder.appending(name)), MappedFiles.contains(identity) else {
                continue
            }
            throw StorageError(
                .inUse, file: path, item: name, "a file of the folder is open and in use",
                remedy: "save under another name")
        }
        if names.isEmpty { return }
        let listed = folder.has(listName) ? (try? folder.json(listName))?[listKey]?.asArray : nil
        let own = Set((listed ?? []).compactMap(\.asString))
        guard let foreign = names.sorted().first(where: { !own.contains($0) }) else { return }
        throw StorageError(
            .exists, file: path, item: foreign, "the folder is there and holds a file that Lancet did not write",
            remedy: "save under another name")
    }

    /// Makes a folder of its own name and opens it, locked.
    private static func make(
        in parent: FolderName, for path: String
    ) throws(StorageError) -> (folder: FolderName, lock: Int32) {
        for attempt in 0..<1000 {
            let name = PartialName.path(attempt, in: parent)
            guard mkdir(name, 0o777) == 0 else {
                guard errno == EEXIST else { throw AtomicFile.failure(errno, "making a folder", file: path) }
                continue
            }
            let lock = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if lock >= 0 { PartialName.lock(lock) }
            return (FolderName(path: name), lock)
        }
        throw AtomicFile.failure(EEXIST, "making a folder", file: path)
    }

    /// A free name, or one of an empty folder, takes one step; otherwise both folders change names at once and the old one
    /// goes.
    private static func give(
        _ temporary: FolderName, _ target: String, _ path: String, _ calls: FileCalls
    ) throws(StorageError) {
        let renamed = calls.rename(temporary.path, target)
        if renamed >= 0 { return }
        guard renamed == -Int(ENOTEMPTY) || renamed == -Int(EEXIST) else {
            throw AtomicFile.failure(Int32(-renamed), "giving the folder its name", file: path)
        }
        let exchanged = lf_exchange(temporary.path, target)
        guard exchanged >= 0 else {
            throw AtomicFile.failure(Int32(-exchanged), "replacing the folder", file: path)
        }
        try? FileManager.default.removeItem(atPath: temporary.path)
    }

    private static func sync(_ folder: FolderName, _ calls: FileCalls) {
        let handle = Glibc.open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return }
        _ = calls.sync(handle)
        close(handle)
    }
}
