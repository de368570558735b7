extension Archive {
    /// The bytes that each digest is taken of, for each tensor in file order.
    public var digestUnits: [[SourceRange]] {
        tensors.map { tensor in
            let whole = SourceRange(tensor.source, tensor.range)
            return DigestUnits.ranges(shape: tensor.shape, byteCount: tensor.byteCount).map { whole.part($0) }
        }
    }

    /// Digests all tensors, on all cores.
    /// - Parameters:
    ///   - digest: a new digest.
    ///   - progress: called now and then with how many units are done, and of how many.
    /// - Throws: what `progress` throws; `StorageError` `.changed` if a file was cut short meanwhile.
    public func digests(
        _ digest: @escaping @Sendable () -> any RunningDigest,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> TensorDigests {
        let digester = TensorDigester(digest)
        defer { digester.stop() }
        for tensor in tensors { _ = digester.addCopied(TensorPlan(copying: tensor), byteCount: tensor.byteCount) }
        let digests = try digester.digests(progress)
        for file in files { try file.checkUnchanged() }
        return digests
    }

    /// Returns if every file still is in the state it was opened in.
    /// - Throws: `StorageError` `.changed` that names the file.
    public func checkUnchanged() throws(StorageError) {
        for file in files { try file.checkUnchanged() }
    }
}
