import Formats
import Kernels
import Storage

extension PackedTensors {
    /// The tensors that begin with one stem, and which of them have been taken.
    struct Parts {
        let archive: Archive
        let stem: String
        private(set) var used: Set<String> = []

        init(archive: Archive, stem: String) {
            self.archive = archive
            self.stem = stem
        }

        func holds(_ suffix: String) -> Bool { archive[stem + suffix] != nil }

        /// Takes a tensor that need not be there.
        mutating func skip(_ suffix: String) {
            if holds(suffix) { used.insert(stem + suffix) }
        }

        /// Takes a tensor.
        mutating func entry(_ suffix: String) throws(BindingError) -> TensorEntry {
            guard let entry = archive[stem + suffix] else {
                throw BindingError(
                    code: "binding.missing-tensor", subject: "\(archive.path), \(stem + suffix)",
                    message: "the weight is packed, and this part of it is missing",
                    remedy: "take the checkpoint from its source again, all of its files")
            }
            used.insert(entry.name)
            return entry
        }

        /// The weights that parts say.
        /// - Throws: `BindingError` if a part's type or shape does not suit.
        mutating func matrix(
            _ scheme: PackingScheme, _ rows: Int, _ columns: Int, codes: TensorEntry, scales: TensorEntry,
            zeroPoints: String? = nil, groupIndex: String? = nil
        ) throws(BindingError) -> Matrix {
            var zeros: PackedPart?
            if scheme.hasZeroPoints, let zeroPoints { zeros = try part(try entry(zeroPoints)) }
            var index: PackedPart?
            if let groupIndex, holds(groupIndex) { index = try part(try entry(groupIndex)) }
            let weights = PackedWeights(
                scheme, rows: rows, columns: columns, codes: try part(codes), scales: try part(scales),
                zeroPoints: zeros, groupIndex: index)
            guard let weights else { throw mismatch(rows, columns) }
            return weights.matrix
        }

        private func part(_ entry: TensorEntry) throws(BindingError) -> PackedPart {
            let element: PackedPart.Element? =
                switch entry.format {
                case .plain(.i32), .plain(.u32): .int32
                case .plain(.i8): .int8
                case .plain(.f8_e4m3): .float8
                case .block(.f16): .float16
                case .block(.bf16): .bfloat16
                case .block(.f32): .float32
                default: nil
                }
            guard let element else {
                throw BindingError(
                    code: "binding.type", subject: "\(archive.path), \(entry.name)",
                    message: "its type \(entry.format.name) is not one that packed weights have",
                    remedy: "Lancet reads FP8 E4M3, compressed-tensors, AutoAWQ and GPTQ: convert the checkpoint")
            }
            return PackedPart(element: element, shape: entry.shape, source: entry.source, offset: entry.offset)
        }

        func mismatch(_ rows: Int, _ columns: Int) -> BindingError {
            let shapes = archive.tensors.filter { $0.name.hasPrefix(stem + ".") && $0.name != stem + ".bias" }
                .map { "\($0.name.dropFirst(stem.count + 1)) \($0.format.name) \($0.shape)" }
            return BindingError(
                code: "binding.shape", subject: "\(archive.path), \(stem)",
                message: "its parts (\(shapes.joined(separator: ", "))) do not make a matrix of \(rows) × \(columns)",
                remedy: "the checkpoint's parts do not belong together: take it from its source again")
        }
    }
}
