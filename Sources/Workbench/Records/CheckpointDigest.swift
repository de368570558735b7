import Storage

/// One digest for a whole checkpoint: the SHA-256 over the digests of its files outside tensors, then of every tensor's
/// units, all in file order. It is made of digests that are taken on all cores, and that a save needs anyway.
enum CheckpointDigest {
    /// Of an archive whose tensors' units have these digests.
    static func text(of archive: Archive, _ units: some Sequence<String>) -> String {
        var digest = ValueDigest()
        for (_, outside) in ModelFiles.digests(of: archive) { digest.mix(outside) }
        for unit in units { digest.mix(unit) }
        return digest.text
    }
}
