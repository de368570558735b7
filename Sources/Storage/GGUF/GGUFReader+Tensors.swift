import Tensors

extension GGUFReader {
    /// A tensor as its info says, before its place is checked.
    struct Info {
        let name: String
        let format: TensorFormat
        let shape: [Int]
        let byteCount: Int
        let offset: UInt64
        let offsetField: Int
    }

    mutating func readInfos(_ count: Int) throws(StorageError) -> [Info] {
        var infos: [Info] = []
        var names = Set<NameBytes>()
        for index in 0..<count {
            let start = cursor.offset
            let info = try readInfo(index)
            guard names.insert(NameBytes(info.name)).inserted else {
                throw StorageError(
                    .duplicate, file: name, offset: start, item: info.name, "the tensor stands twice",
                    remedy: Self.damaged)
            }
            infos.append(info)
        }
        return infos
    }

    private mutating func readInfo(_ index: Int) throws(StorageError) -> Info {
        let start = cursor.offset
        let tensor = try cursor.text("the name of tensor \(index)")
        guard tensor.utf8.count <= GGUFLimits.nameBytes else {
            throw malformed(start, item: tensor, "the name is longer than \(GGUFLimits.nameBytes) bytes")
        }
        let shape = try readShape(of: tensor)
        let typeOffset = cursor.offset
        let number = try cursor.integer(UInt32.self, "the type of \(tensor)")
        guard let format = TensorFormat(ggmlID: number) else {
            throw StorageError(
                .unknownType, file: name, offset: typeOffset, item: tensor, "there is no tensor type \(number)",
                remedy: "convert the checkpoint again with a current llama.cpp, or use a newer Lancet")
        }
        guard let byteCount = format.byteCount(shape: shape) else {
            throw malformed(
                start, item: tensor,
                "shape \(shape) cannot be \(format.name): rows are not whole blocks, or the size overflows")
        }
        let offsetField = cursor.offset
        let offset = try cursor.integer(UInt64.self, "the offset of \(tensor)")
        return Info(
            name: tensor, format: format, shape: shape, byteCount: byteCount, offset: offset,
            offsetField: offsetField)
    }

    private mutating func readShape(of tensor: String) throws(StorageError) -> [Int] {
        let start = cursor.offset
        let dimensions = try cursor.integer(UInt32.self, "the number of axes of \(tensor)")
        guard dimensions <= GGUFLimits.dimensions else {
            throw malformed(start, item: tensor, "\(dimensions) axes are more than \(GGUFLimits.dimensions)")
        }
        var shape: [Int] = []
        for _ in 0..<dimensions {
            let offset = cursor.offset
            let length = try cursor.integer(Int64.self, "the shape of \(tensor)")
            guard length >= 0 else {
                throw malformed(offset, item: tensor, "an axis has a negative length")
            }
            shape.append(Int(length))
        }
        return shape.reversed()
    }

    func place(_ infos: [Info], dataOffset: Int, alignment: Int) throws(StorageError) -> [TensorEntry] {
        var expected = 0
        var entries: [TensorEntry] = []
        entries.reserveCapacity(infos.count)
        for info in infos {
            guard info.offset == UInt64(expected) else {
                throw StorageError(
                    .layout, file: name, offset: info.offsetField, item: info.name,
                    "the data begin at \(info.offset), but the tensor before ends at \(expected)",
                    remedy: "llama.cpp refuses gaps, overlaps and reordering too: convert the checkpoint again")
            }
            let (start, startOverflow) = dataOffset.addingReportingOverflow(expected)
            let (end, endOverflow) = start.addingReportingOverflow(info.byteCount)
            guard !startOverflow, !endOverflow, end <= source.count else {
                throw StorageError(
                    .truncated, file: name, offset: source.count, item: info.name,
                    "the tensor takes \(info.byteCount) bytes from byte \(start), but the file ends before that",
                    remedy: Self.damaged)
            }
            entries.append(
                TensorEntry(
                    name: info.name, format: info.format, shape: info.shape, source: source, offset: start,
                    byteCount: info.byteCount, file: file))
            // No overflow: the end was compared with the file's length, and an alignment is below 2^32.
            expected = Self.aligned(end - dataOffset, alignment).partialValue
        }
        return entries
    }
}
