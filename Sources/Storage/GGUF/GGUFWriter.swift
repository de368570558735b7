/// Writes a GGUF file, tensor by tensor, without holding more than one piece of one in memory.
///
/// Metadata are written as they are, arrays by copying their bytes; an archive that is read and written unchanged gives
/// the bytes it was read from, if llama.cpp or its Python package made them.
/// - Source: ggml `docs/gguf.md`.
public struct GGUFWriter: Sendable {
    /// 2 or 3; both lie alike.
    public var version: UInt32
    /// Keys and values in file order.
    public var metadata: Metadata
    /// Tensors in file order.
    public var tensors: [TensorPlan]
    /// Digests them on their way, if given.
    public var seal: Seal<Metadata>?

    public init(metadata: Metadata, tensors: [TensorPlan], version: UInt32 = 3) {
        self.version = version
        self.metadata = metadata
        self.tensors = tensors
    }

    /// What writes an archive again as it is; shards become one file.
    public init(copying archive: Archive) {
        let version: UInt32 = if case .gguf(let version) = archive.container { version } else { 3 }
        self.init(
            metadata: archive.metadata, tensors: archive.tensors.map { TensorPlan(copying: $0) }, version: version)
    }

    /// Whether it would write an archive again as it is.
    public func isCopy(of archive: Archive) -> Bool {
        guard case .gguf(version) = archive.container, metadata == archive.metadata,
            tensors.count == archive.tensors.count
        else { return false }
        return zip(tensors, archive.tensors).allSatisfy { $0.isCopy(of: $1) }
    }

    /// Writes the file under its name, whole or not at all.
    ///
    /// - Parameter progress: told now and then how many bytes are done, and of how many.
    /// - Returns: its length in bytes.
    /// - Throws: `StorageError` `.inexpressible` for what GGUF or llama.cpp's reader does not take (a type without a
    ///   number, more than four axes, a name longer than 63 bytes), `.duplicate`, and those of `AtomicFile`;
    ///   `Interrupted`; whatever a plan throws.
    @discardableResult
    public func write(
        to path: String, calls: FileCalls = .system, progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> Int {
        let frame = try frame(path)
        let digester = seal?.digester(expectedBytes: frame.layout.byteCount)
        defer { digester?.stop() }
        return try AtomicFile.write(to: path, expectedBytes: frame.byteCount, calls: calls) { file in
            if let progress { file.progress = { progress($0, frame.byteCount) } }
            try digester?.begin(&file, byteCount: frame.byteCount)
            try append(to: &file, in: frame, digester: digester)
            if let seal, let digester {
                try file.flush()
                let head = headBytes(try seal.conclusion(digester, calls: calls)) + frame.infos
                precondition(head.count == frame.head.count, "digests have places of their length")
                try file.overwriteStart(with: head)
            }
            return file.count
        }
    }

    /// Everything about a file but its tensors' bytes.
    struct Frame {
        let alignment: Int
        let layout: TensorLayout
        /// The bytes that describe tensors.
        let infos: [UInt8]
        /// All bytes before the data section but its padding.
        let head: [UInt8]
        /// The length of the file.
        let byteCount: Int
    }

    func frame(_ path: String) throws(StorageError) -> Frame {
        let alignment = try alignment(path)
        let layout = try TensorLayout(tensors, alignment: alignment, file: path)
        let infos = try infoBytes(layout, file: path)
        let head = headBytes(metadata) + infos
        return Frame(
            alignment: alignment, layout: layout, infos: infos, head: head,
            byteCount: GGUFReader.aligned(head.count, alignment).partialValue + layout.byteCount)
    }

    func append(to file: inout AtomicFile, in frame: Frame, digester: TensorDigester? = nil) throws {
        try file.append(frame.head)
        try file.pad(to: frame.alignment)
        for (plan, byteCount) in zip(tensors, frame.layout.byteCounts) {
            try file.append(plan, byteCount: byteCount, digester: digester)
            try file.pad(to: frame.alignment)
        }
    }

    private func alignment(_ path: String) throws(StorageError) -> Int {
        guard let value = metadata["general.alignment"] else { return GGUFLimits.defaultAlignment }
        guard case .uint32(let alignment) = value, alignment.nonzeroBitCount == 1 else {
            throw StorageError(
                .inexpressible, file: path, item: "general.alignment", "the alignment is not a u32 power of two")
        }
        return Int(alignment)
    }

    /// Everything before the tensor infos.
    private func headBytes(_ metadata: Metadata) -> [UInt8] {
        var bytes = Array("GGUF".utf8)
        PackedValue.append(version, to: &bytes)
        PackedValue.append(UInt64(tensors.count), to: &bytes)
        PackedValue.append(UInt64(metadata.count), to: &bytes)
        for entry in metadata {
            PackedValue.append(string: entry.key.utf8, to: &bytes)
            PackedValue.append(entry.value.type.rawValue, to: &bytes)
            PackedValue.append(entry.value, to: &bytes)
        }
        return bytes
    }

    private func infoBytes(_ layout: TensorLayout, file: String) throws(StorageError) -> [UInt8] {
        var bytes: [UInt8] = []
        for (plan, offset) in zip(tensors, layout.offsets) {
            func refuse(_ message: String, _ remedy: String) -> StorageError {
                StorageError(.inexpressible, file: file, item: plan.name, message, remedy: remedy)
            }
            guard plan.name.utf8.count <= GGUFLimits.nameBytes else {
                throw refuse("llama.cpp reads names of up to \(GGUFLimits.nameBytes) bytes", "shorten the name")
            }
            guard plan.shape.count <= Int(GGUFLimits.dimensions) else {
                throw refuse("GGUF holds up to \(GGUFLimits.dimensions) axes", "join some axes")
            }
            guard let type = plan.format.ggmlID else {
                throw refuse("GGUF has no type \(plan.format.name)", "choose another format for this tensor")
            }
            PackedValue.append(string: plan.name.utf8, to: &bytes)
            PackedValue.append(UInt32(plan.shape.count), to: &bytes)
            for length in plan.shape.reversed() { PackedValue.append(UInt64(length), to: &bytes) }
            PackedValue.append(type, to: &bytes)
            PackedValue.append(UInt64(offset), to: &bytes)
        }
        return bytes
    }
}
