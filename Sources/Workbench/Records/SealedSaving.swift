import Storage
import Synchronization

/// A save whose tensors are digested on their way, and whose file tells where it comes from unless it is a plain copy.
final class SealedSaving: Sendable {
    private let taken = Mutex<TensorDigests?>(nil)

    /// Digests a GGUF file on its way. A checkpoint that nothing was done to stays the file it was.
    func seal(_ file: GGUFWriter, _ provenance: Provenance, from archive: Archive) -> GGUFWriter {
        var sealed = file
        let isCopy = file.isCopy(of: archive)
        if !isCopy { provenance.announce(file.tensors, in: &sealed.metadata) }
        let metadata = sealed.metadata
        sealed.seal = Seal(others: isCopy ? [] : archive.digestUnits.flatMap(\.self)) { [self] digests in
            taken.withLock { $0 = digests }
            guard !isCopy else { return metadata }
            return Provenance.filled(metadata, parent: CheckpointDigest.text(of: archive, digests.others), digests)
        }
        sealed.seal?.unchanged = archive.files
        return sealed
    }

    /// Digests a folder's tensors on their way.
    func seal(_ folder: SafetensorsFolderWriter, _ provenance: Provenance, from archive: Archive)
        -> SafetensorsFolderWriter
    {
        var sealed = folder
        sealed.seal = Seal(others: archive.digestUnits.flatMap(\.self)) { [self] digests in
            taken.withLock { $0 = digests }
            return provenance.notes(parent: CheckpointDigest.text(of: archive, digests.others), digests)
        }
        sealed.seal?.unchanged = archive.files
        return sealed
    }

    /// The digest of what was written, as `verify` tells it too.
    /// - Throws: `StorageError` if it cannot be opened.
    func digest(of path: String) throws -> String {
        let archive = try Archive.open(path)
        // A folder's tensors are written in another order than they are read in.
        let byName = Dictionary(
            (taken.withLock { $0 }?.tensors ?? []).map { ($0.name, $0.units) }, uniquingKeysWith: { one, _ in one })
        return CheckpointDigest.text(of: archive, archive.tensors.flatMap { byName[$0.name] ?? [] })
    }
}
