import Formats
import Inference
import Kernels
import Storage
import Tensors

/// Tensors to be written in another block format: what would change, and the change itself.
public struct Quantization: Sendable {
    /// One tensor that changes.
    public struct Entry: Sendable {
        public let role: Role
        public let from: BlockFormat
        public let to: BlockFormat
        public let bytesBefore: Int
        public let bytesAfter: Int
    }

    /// What changes, in the order of the data's way.
    public let entries: [Entry]
    /// What was selected but stays: already in the format, or kept as it is because so little weighs so much.
    public let untouched: [Role]
    public let format: BlockFormat

    /// Parts that are quantized when a selection is made of layers, experts or the whole model rather than by tensor.
    public static let largeParts: Set<Role.Part> = [
        .embedding, .query, .key, .value, .attentionOutput, .gate, .up, .down, .output,
    ]

    /// - Units: bytes of the tensors that change.
    public var bytesBefore: Int { entries.reduce(0) { $0 + $1.bytesBefore } }
    /// - Units: bytes of the tensors that change, afterwards.
    public var bytesAfter: Int { entries.reduce(0) { $0 + $1.bytesAfter } }

    /// Works out what a quantization would touch; nothing is encoded yet.
    /// - Parameters:
    ///   - roles: The selected tensors.
    ///   - isExplicit: Whether they were named one by one; otherwise routers, norms, biases and sinks stay.
    /// - Throws: `SurgeryError` for a format that Lancet only reads, a tensor that there is not, or rows that are not a
    ///   whole number of blocks.
    public init(
        of model: Model, _ roles: [Role], as format: BlockFormat, isExplicit: Bool = false
    ) throws(SurgeryError) {
        guard Compute.encodable.contains(format) else {
            let names = Compute.encodable.map(\.name).joined(separator: ", ")
            throw SurgeryError(
                code: "quantize.format", subject: format.name,
                message: "Lancet reads this format but does not write it",
                remedy: "quantize as one of \(names)")
        }
        var (entries, untouched): ([Entry], [Role]) = ([], [])
        for role in Set(roles).sorted() {
            guard let matrix = model.tensors[role] else {
                throw SurgeryError(
                    code: "quantize.tensor", subject: role.name, message: "the model has no such tensor",
                    remedy: "see info m for what it has")
            }
            let isKept = !isExplicit && !Self.largeParts.contains(role.part)
            guard !isKept, matrix.packed != nil || matrix.format != format else {
                untouched.append(role)
                continue
            }
            guard let rowBytes = format.rowBytes(matrix.columns) else {
                throw SurgeryError(
                    code: "quantize.blocks", subject: role.name,
                    message:
                        "a row of \(matrix.columns) elements is not a whole number of \(format.name)'s blocks of "
                        + "\(format.blockLength)",
                    remedy: "leave this tensor out, or use f16, bf16 or f32 for it")
            }
            entries.append(
                Entry(
                    role: role, from: matrix.format, to: format, bytesBefore: matrix.byteCount,
                    bytesAfter: rowBytes * matrix.rows))
        }
        self.entries = entries
        self.untouched = untouched
        self.format = format
    }

    /// Encodes the tensors into room on disk that is given back with the last who uses it.
    ///
    /// A tensor that is quantized already is decoded first; its first rounding stays.
    /// - Throws: `StorageError` without room; `Interrupted`, checked before every tensor.
    public func applied(
        to model: Model, compute: Compute, spill: SpillFile = SpillFile(), progress: ((Int) -> Void)? = nil
    ) throws -> Edit {
        guard !entries.isEmpty else {
            return Edit(model: model, summary: "quantize: every selected tensor is \(format.name) already")
        }
        var starts: [Int] = []
        var total = 0
        for entry in entries {
            starts.append(total)
            total += entry.bytesAfter
        }
        let room = try spill.append(byteCount: total) { bytes in
            for (number, entry) in entries.enumerated() {
                try Interruption.check()
                progress?(number)
                if let matrix = model.tensors[entry.role] {
                    let part = starts[number]..<starts[number] + entry.bytesAfter
                    encode(matrix, compute, into: UnsafeMutableRawBufferPointer(rebasing: bytes[part]))
                }
            }
        }
        var edited = model
        for (entry, start) in zip(entries, starts) {
            guard let matrix = model.tensors[entry.role] else { continue }
            edited.tensors[entry.role] = Matrix(
                rows: matrix.rows, columns: matrix.columns, format: format, source: room.source,
                offset: room.offset + start, rowStride: entry.bytesAfter / max(1, matrix.rows))
        }
        let again = entries.filter { $0.from.blockLength > 1 }.count
        return Edit(
            model: edited,
            summary: "quantize \(entries.count) tensors as \(format.name): \(bytesBefore) bytes to \(bytesAfter)",
            notes: again == 0 ? [] : ["\(again) of them were quantized before and carry both roundings"])
    }

    private func encode(_ matrix: Matrix, _ compute: Compute, into bytes: UnsafeMutableRawBufferPointer) {
        guard matrix.rows > 0 else { return }
        let rowBytes = bytes.count / matrix.rows
        compute.pool.forEach(matrix.rows) { row in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: matrix.columns) { values in
                guard let base = values.baseAddress else { return }
                compute.decodeRow(matrix, row: row, into: base)
                let target = bytes[row * rowBytes..<(row + 1) * rowBytes]
                compute.encode(
                    UnsafeBufferPointer(values), columns: matrix.columns, as: format, importance: nil,
                    into: UnsafeMutableRawBufferPointer(rebasing: target))
            }
        }
    }
}

extension Role {
    /// In words, such as `down of layer 2, expert 7`.
    var name: String {
        "\(part)" + (layer.map { " of layer \($0)" } ?? "") + (expert.map { ", expert \($0)" } ?? "")
    }
}
