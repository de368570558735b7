/// Where the tensors of a file that is to be written lie in its data section.
struct TensorLayout {
    let offsets: [Int]
    let byteCounts: [Int]
    /// Bytes of the data section, padding included.
    let byteCount: Int

    /// Places tensors one behind the other.
    /// - Throws: `StorageError` `.duplicate`, `.inexpressible`.
    init(_ plans: [TensorPlan], alignment: Int, file: String) throws(StorageError) {
        var offsets: [Int] = []
        var byteCounts: [Int] = []
        var names = Set<NameBytes>()
        var position = 0
        for plan in plans {
            guard names.insert(NameBytes(plan.name)).inserted else {
                throw StorageError(
                    .duplicate, file: file, item: plan.name, "two tensors have this name", remedy: "rename one")
            }
            guard let byteCount = plan.byteCount else {
                throw StorageError(
                    .inexpressible, file: file, item: plan.name,
                    "shape \(plan.shape) cannot be \(plan.format.name): rows must be whole blocks",
                    remedy: "choose another format for this tensor")
            }
            offsets.append(position)
            byteCounts.append(byteCount)
            let (end, overflow) = position.addingReportingOverflow(byteCount)
            let (next, paddingOverflow) = GGUFReader.aligned(end, alignment)
            guard !overflow, !paddingOverflow else {
                throw StorageError(.inexpressible, file: file, item: plan.name, "the file would be too large")
            }
            position = next
        }
        self.offsets = offsets
        self.byteCounts = byteCounts
        byteCount = position
    }
}

extension AtomicFile {
    /// Appends the bytes of a plan, which must be exactly as many as its shape and format take.
    mutating func append(_ plan: TensorPlan, byteCount: Int, digester: TensorDigester? = nil) throws {
        let start = count
        digester?.add(plan, byteCount: byteCount, at: start)
        for part in plan.parts {
            switch part {
            case .copy(let range): try append(range)
            case .produce(let write): try write { try append($0) }
            }
        }
        guard count - start == byteCount else {
            throw StorageError(
                .inexpressible, file: path, item: plan.name,
                "\(count - start) bytes were produced for a tensor of \(byteCount)")
        }
    }
}
