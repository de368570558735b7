import Glibc

/// A file on its way to its name: without any, or, where the file system cannot do that, under another one.
struct ScratchFile {
    let descriptor: Int32
    private let folder: String
    /// Its name so far; nil if it has none.
    private let name: String?

    /// Makes one in a folder.
    /// - Parameter path: how errors name the target.
    init(in folder: String, for path: String, calls: FileCalls) throws(StorageError) {
        self.folder = folder
        let nameless = calls.openNameless(folder)
        if nameless >= 0 {
            (descriptor, name) = (Int32(nameless), nil)
            return
        }
        PartialName.removeAbandoned(in: FolderName(path: folder))
        for attempt in 0..<1000 {
            let name = PartialName.path(attempt, in: FolderName(path: folder))
            let descriptor = Glibc.open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                PartialName.lock(descriptor)
                (self.descriptor, self.name) = (descriptor, name)
                return
            }
            guard errno == EEXIST else { throw AtomicFile.failure(errno, "making a file in the folder", file: path) }
        }
        throw AtomicFile.failure(EEXIST, "making a file in the folder", file: path)
    }

    /// What a path leads to: where it is a link, the file behind it is replaced, not the link.
    static func resolved(_ path: String) throws(StorageError) -> String {
        var status = stat()
        guard lstat(path, &status) == 0 else { return path }
        guard let real = realpath(path, nil) else {
            throw AtomicFile.failure(errno, "following the link", file: path)
        }
        defer { free(real) }
        guard stat(real, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.unwritable, file: path, "it is not a regular file", remedy: "save under another name")
        }
        return String(cString: real)
    }

    /// Gives the file its name and closes it; a file of that name is replaced and its permissions kept.
    func give(_ path: String, calls: FileCalls) throws(StorageError) {
        var status = stat()
        let replaces = stat(path, &status) == 0
        if replaces { fchmod(descriptor, status.st_mode & 0o7777) }
        if let name {
            try rename(name, path, calls)
        } else {
            // A name that is free takes one step; one that is not takes two, with another name between.
            let linked = replaces ? -Int(EEXIST) : calls.link(descriptor, path)
            if linked == -Int(EEXIST) {
                try rename(linkBeside(path, calls), path, calls)
            } else if linked < 0 {
                throw AtomicFile.failure(Int32(-linked), "giving the file its name", file: path)
            }
        }
        close(descriptor)
        syncFolder(calls)
    }

    /// Closes the file and lets it vanish.
    func abandon() {
        close(descriptor)
        if let name { unlink(name) }
    }

    private func linkBeside(_ path: String, _ calls: FileCalls) throws(StorageError) -> String {
        for attempt in 0..<1000 {
            let name = PartialName.path(attempt, in: FolderName(path: folder))
            PartialName.lock(descriptor)
            let linked = calls.link(descriptor, name)
            if linked >= 0 { return name }
            guard linked == -Int(EEXIST) else {
                throw AtomicFile.failure(Int32(-linked), "giving the file its name", file: path)
            }
        }
        throw AtomicFile.failure(EEXIST, "giving the file its name", file: path)
    }

    private func rename(_ name: String, _ path: String, _ calls: FileCalls) throws(StorageError) {
        let renamed = calls.rename(name, path)
        guard renamed < 0 else { return }
        if self.name == nil { unlink(name) }
        throw AtomicFile.failure(Int32(-renamed), "giving the file its name", file: path)
    }

    /// The file is complete under its name by now; a file system that cannot sync folders does not make it less so.
    private func syncFolder(_ calls: FileCalls) {
        let handle = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return }
        _ = calls.sync(handle)
        close(handle)
    }
}
