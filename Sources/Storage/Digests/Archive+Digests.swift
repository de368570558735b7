extension Archive {
    /// The bytes that each digest is taken of, for each tensor in file order.
    public var digestUnits: [[SourceRange]] {
        tensors.map { tensor in
            let whole = SourceRange(tensor.source, tensor.range)
            return DigestUnits.ranges(shape: tensor.shape, byteCount: tensor.byteCount).map { whole.part($0) }
        }
    }

    /// Digests all tensors, on all cores.
    /// - Parameter progress: called now and then with how many units are done, and of how many.
    /// - Throws: what `progress` throws; `StorageError` `.changed` if a file was cut short meanwhile.
    public func digests(
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> TensorDigests {
        let digester = TensorDigester(expectedBytes: tensorBytes, isPatient: false)
        defer { digester.stop() }
        for tensor in tensors { digester.add(TensorPlan(copying: tensor), byteCount: tensor.byteCount, at: 0) }
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
