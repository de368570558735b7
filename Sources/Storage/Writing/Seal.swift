/// What a writer digests (SHA-256) while it writes, and notes in the file when all is written.
public struct Seal<Notes>: Sendable {
    /// Bytes to digest besides, such as those of the parent's tensors.
    public let others: [SourceRange]
    /// Files that must still be as they were opened when all is written.
    public var unchanged: [MappedFile] = []
    /// What is noted. The metadata of a GGUF file stand in front of its tensors: they must be as long as the writer's own,
    /// which have something else where the digests go.
    public let notes: @Sendable (TensorDigests) -> Notes

    public init(others: [SourceRange] = [], notes: @escaping @Sendable (TensorDigests) -> Notes) {
        self.others = others
        self.notes = notes
    }

    /// What digests tensors of a file that is about to be written.
    func digester(expectedBytes: Int) -> TensorDigester {
        TensorDigester(others: others, expectedBytes: expectedBytes, isPatient: true)
    }

    /// What is to be noted, once all bytes are written and nothing that was read has changed.
    func conclusion(_ digester: TensorDigester, calls: FileCalls) throws -> Notes {
        let digests = try digester.digests { _, _ in try calls.checkInterruption() }
        for file in unchanged { try file.checkUnchanged() }
        return notes(digests)
    }
}
