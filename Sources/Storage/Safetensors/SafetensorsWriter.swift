import Documents

/// Writes a single safetensors file, tensor by tensor, in the order of the official writer: widest type first, then by
/// name.
/// - Source: huggingface/safetensors, `tensor.rs`.
public struct SafetensorsWriter: Sendable {
    /// Pairs for `__metadata__`; Hugging Face expects `format: pt`.
    public var texts: [(key: String, value: String)]
    /// The tensors, in any order.
    public var tensors: [TensorPlan]

    public init(tensors: [TensorPlan], texts: [(key: String, value: String)] = [("format", "pt")]) {
        self.texts = texts
        self.tensors = tensors
    }

    /// Types from the first written to the last: the official order, from the end of its list.
    private static let typeOrder = [
        "U64", "I64", "F64", "C64", "F32", "U32", "I32", "BF16", "F16", "U16", "I16", "F8_E5M2FNUZ", "F8_E4M3FNUZ",
        "F8_E8M0", "F8_E4M3", "F8_E5M2", "I8", "U8", "F6_E3M2", "F6_E2M3", "F4", "BOOL",
    ]

    /// Writes the file under its name, whole or not at all.
    ///
    /// - Parameter progress: told now and then how many bytes are done, and of how many.
    /// - Returns: its length in bytes.
    /// - Throws: `StorageError` `.inexpressible` for a format that safetensors does not have (choose BF16 or F32, or
    ///   save as GGUF), `.duplicate`, and those of `AtomicFile`; `Interrupted`; whatever a plan throws.
    @discardableResult
    public func write(
        to path: String, calls: FileCalls = .system, progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> Int {
        try write(to: path, calls: calls, progress: progress, digester: nil)
    }

    func write(
        to path: String, calls: FileCalls, progress: ((Int, Int) -> Void)?, digester: TensorDigester?
    ) throws -> Int {
        let sorted = try sorted(path)
        let layout = try TensorLayout(sorted, alignment: 1, file: path)
        let header = try headerBytes(sorted, layout, file: path)
        let total = header.count + layout.byteCount
        return try AtomicFile.write(to: path, expectedBytes: total, calls: calls) { file in
            if let progress { file.progress = { progress($0, total) } }
            try digester?.begin(&file, byteCount: total)
            try file.append(header)
            for (plan, byteCount) in zip(sorted, layout.byteCounts) {
                try file.append(plan, byteCount: byteCount, digester: digester)
            }
            return file.count
        }
    }

    private func sorted(_ path: String) throws(StorageError) -> [TensorPlan] {
        var keyed: [(rank: Int, plan: TensorPlan)] = []
        for plan in tensors {
            guard let type = plan.format.safetensorsName, let rank = Self.typeOrder.firstIndex(of: type) else {
                throw StorageError(
                    .inexpressible, file: path, item: plan.name, "safetensors has no type \(plan.format.name)",
                    remedy: "save as GGUF, or decode the tensor to BF16 or F32 first")
            }
            keyed.append((rank, plan))
        }
        keyed.sort { a, b in
            a.rank != b.rank ? a.rank < b.rank : a.plan.name.utf8.lexicographicallyPrecedes(b.plan.name.utf8)
        }
        return keyed.map(\.plan)
    }

    /// The length and the JSON, padded with spaces so that data begin at a multiple of 8.
    private func headerBytes(
        _ plans: [TensorPlan], _ layout: TensorLayout, file: String
    ) throws(StorageError) -> [UInt8] {
        var header = JSONObject()
        if !texts.isEmpty {
            var object = JSONObject()
            for (key, value) in texts { object[key] = .string(value) }
            header["__metadata__"] = .object(object)
        }
        for (index, plan) in plans.enumerated() {
            let begin = layout.offsets[index]
            var entry = JSONObject()
            entry["dtype"] = plan.format.safetensorsName.map { .string($0) }
            entry["shape"] = .array(plan.shape.map { .number(JSONNumber($0)) })
            entry["data_offsets"] = [
                .number(JSONNumber(begin)), .number(JSONNumber(begin + layout.byteCounts[index])),
            ]
            guard header.append(plan.name, .object(entry)) else {
                throw StorageError(
                    .inexpressible, file: file, item: plan.name, "safetensors keeps this name for itself",
                    remedy: "rename the tensor")
            }
        }
        var json = JSON.object(header).utf8()
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        guard UInt64(json.count) <= SafetensorsReader.largestHeader else {
            throw StorageError(.inexpressible, file: file, "the header would be larger than safetensors allows")
        }
        var bytes: [UInt8] = []
        PackedValue.append(UInt64(json.count), to: &bytes)
        return bytes + json
    }
}
