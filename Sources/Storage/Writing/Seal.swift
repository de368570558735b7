/// What a writer digests while it writes, and notes in the file when all is written.
public struct Seal<Notes>: Sendable {
    /// A new digest.
    public let digest: @Sendable () -> any RunningDigest
    /// Bytes to digest besides, such as those of the parent's tensors.
    public let others: [SourceRange]
    /// Files that must still be as they were opened when all is written.
    public var unchanged: [MappedFile] = []
    /// What is noted. The metadata of a GGUF file stand in front of its tensors: they must be as long as the writer's own,
    /// which have something else where the digests go.
    public let notes: @Sendable (TensorDigests) -> Notes

    public init(
        digest: @escaping @Sendable () -> any RunningDigest, others: [SourceRange] = [],
        notes: @escaping @Sendable (TensorDigests) -> Notes
    ) {
        self.digest = digest
        self.others = others
        self.notes = notes
    }
}
