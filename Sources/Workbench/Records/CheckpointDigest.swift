import Crypto
import Storage

/// SHA-256 as files are written and read.
struct StreamedSHA256: RunningDigest {
    private var hash = SHA256()

    mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

    func text() -> String { hash.finalize().map(Self.hexadecimal).joined() }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }
}

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
