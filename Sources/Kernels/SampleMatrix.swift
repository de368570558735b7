import Formats
import Tensors

/// Random weights in one of the layouts that kernels read, for the report, the benchmark and tests.
public struct SampleMatrix: Sendable {
    /// A format together with how its elements lie.
    public enum Kind: Sendable, Hashable, CustomStringConvertible {
        case rows(BlockFormat)
        /// Row after row down a column, as Hugging Face transposes experts.
        case transposed(BlockFormat)
        /// MXFP4 with its scales in another tensor.
        case scalesApart
        /// Said by several tensors.
        case packed(PackingScheme)

        /// Every kind there is a kernel for, in display order; of packings see `packings`.
        public static let all: [Kind] =
            BlockFormats.all.map(Kind.rows) + [.transposed(.f32), .transposed(.f16), .transposed(.bf16), .scalesApart]

        /// The format that elements are encoded in.
        public var format: BlockFormat {
            switch self {
            case .rows(let format), .transposed(let format): format
            case .scalesApart: .mxfp4
            case .packed: .f32
            }
        }

        /// Packings of whole numbers, one of every way to bring them to bytes.
        public static let packings: [Kind] = [
            .words(bits: 4, .group(128), isSymmetric: true), .words(bits: 4, .group(32), isSymmetric: false),
            .words(bits: 8, .channel, isSymmetric: true), .words(bits: 8, .group(16), isSymmetric: false),
            .words(bits: 3, .group(64), isSymmetric: false), .bytes(bits: 8, .channel, isSymmetric: true),
            .bytes(bits: 8, .group(32), isSymmetric: false), .awq(group: 128), .awq(group: 16),
            .gptq(bits: 4, group: 128, zeroBias: 1), .gptq(bits: 8, group: 32, zeroBias: 0),
        ].map(Kind.packed)

        /// Columns that a row has a whole number of.
        public var blockLength: Int {
            if case .packed(let scheme) = self, case .group(let length) = scheme.tile { return max(32, length) }
            return if case .packed = self { 32 } else { format.blockLength }
        }

        /// Whether products in `fast` go by coded vectors.
        public var hasFastProducts: Bool {
            switch self {
            case .rows(let format):
                RowLayout(format: format, apart: false)?.coded != nil
            case .scalesApart, .packed: true
            case .transposed: false
            }
        }

        public var description: String {
            switch self {
            case .rows(let format): format.name
            case .transposed(let format): format.name + " transposed"
            case .scalesApart: "mxfp4 scales apart"
            case .packed(let scheme): scheme.name
            }
        }
    }

    /// The view that kernels take.
    public let matrix: Matrix
    /// The same weights as `BlockFormat.decode` gives them.
    /// - Shape: [rows, columns].
    public let values: [Float]

    /// Random weights; nil where a row is not a whole number of blocks.
    ///
    /// Every block is random bytes whose largest weight is neither tiny nor huge, so that no encoder is needed and every
    /// code occurs.
    public init?(_ kind: Kind, rows: Int, columns: Int, seed: UInt64) {
        if case .packed(let scheme) = kind {
            self.init(scheme, rows: rows, columns: columns, seed: seed)
            return
        }
        let format = kind.format
        guard let rowBytes = format.rowBytes(columns) else { return nil }
        var draws = RandomBlocks(format: format, seed: seed, purpose: "sample weights \(rows) × \(columns)")
        var bytes: [UInt8] = []
        var values: [Float] = []
        bytes.reserveCapacity(rows * rowBytes)
        values.reserveCapacity(rows * columns)
        for _ in 0..<rows * columns / format.blockLength {
            let block = draws.next()
            bytes += block.bytes
            values += block.values
        }
        let matrix =
            switch kind {
            case .rows:
                Matrix(
                    rows: rows, columns: columns, format: format, source: MemorySource(bytes), offset: 0,
                    rowStride: rowBytes)
            case .transposed: Self.transposed(bytes, rows: rows, columns: columns, format: format)
            case .scalesApart: Self.scalesApart(bytes, rows: rows, columns: columns)
            case .packed: preconditionFailure("packings have parts of their own")
            }
        self.init(matrix: matrix, values: values)
    }

    init(matrix: Matrix, values: [Float]) {
        self.matrix = matrix
        self.values = values
    }

    private static func transposed(_ bytes: [UInt8], rows: Int, columns: Int, format: BlockFormat) -> Matrix {
        let width = format.blockBytes
        var turned = [UInt8](repeating: 0, count: bytes.count)
        for row in 0..<rows {
            for column in 0..<columns {
                for byte in 0..<width {
                    turned[(column * rows + row) * width + byte] = bytes[(row * columns + column) * width + byte]
                }
            }
        }
        return Matrix(
            rows: rows, columns: columns, format: format, source: MemorySource(turned), offset: 0, rowStride: width,
            layout: .strided(columnStride: rows * width))
    }

    private static func scalesApart(_ bytes: [UInt8], rows: Int, columns: Int) -> Matrix {
        let blocks = rows * columns / MXFP4.blockLength
        var codes = [UInt8](repeating: 0, count: blocks * MXFP4.codeBytes)
        var scales = [UInt8](repeating: 0, count: blocks)
        bytes.withUnsafeBytes { bytes in
            codes.withUnsafeMutableBytes { codes in
                for block in 0..<blocks {
                    let size = MXFP4.codeBytes
                    scales[block] = MXFP4.repackToHuggingFace(
                        block: UnsafeRawBufferPointer(rebasing: bytes[block * 17..<(block + 1) * 17]),
                        into: UnsafeMutableRawBufferPointer(rebasing: codes[block * size..<(block + 1) * size]))
                }
            }
        }
        let rowBlocks = columns / MXFP4.blockLength
        return Matrix(
            rows: rows, columns: columns, format: .mxfp4, source: MemorySource(codes), offset: 0,
            rowStride: rowBlocks * MXFP4.codeBytes,
            layout: .scalesApart(scales: MemorySource(scales), scalesOffset: 0, scalesStride: rowBlocks))
    }
}
