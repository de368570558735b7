/// How several tensors together say a matrix: the layouts of FP8, compressed-tensors, AutoAWQ and GPTQ.
///
/// With R rows (outputs), C columns (inputs), b bits and G = tiles of scales across:
///
///     fp8      codes float8 [R, C]            scales by tile                        w = code · scale
///     words    codes int32 [R, C·b/32]        scales by tile, zero points           w = (code − 2ᵇ⁻¹ − zero) · scale
///              (element i at bits b·i)        int32 [R·b/32, G], packed down
///     bytes    codes int8 [R, C]              scales by tile, zero points by tile   w = (code − zero) · scale
///     awq      codes int32 [C, R/8]           scales [G, R], zero points            w = (code − zero) · scale
///              (slot s is row 02461357[s])    int32 [G, R/8]
///     gptq     codes int32 [C·b/32, R]        scales [G, R], zero points            w = (code − zero − bias) · scale
///              packed down the columns        int32 [G, R·b/32], group index [C]
///
/// Every weight is one float32 product of an exact difference and the scale. Where a scale has 16 bits the product is exact,
/// so that a reference which computes it in float32 gives the same bits; one that rounds to bfloat16 or float16 afterwards
/// gives these values rounded once more.
/// - Source: compressed-tensors, `compressors/`; AutoAWQ, `packing_utils.py`; AutoGPTQ, `qlinear_cuda_old.py`.
public enum PackingScheme: Sendable, Hashable {
    /// E4M3 codes: `weight` with `weight_scale_inv`, or with compressed-tensors' `weight_scale`.
    case fp8(ScaleTile)
    /// compressed-tensors' `pack-quantized`: codes in 32-bit words.
    case words(bits: Int, ScaleTile, isSymmetric: Bool)
    /// compressed-tensors' `int-quantized`: a code a byte, however few bits it has.
    case bytes(bits: Int, ScaleTile, isSymmetric: Bool)
    /// AutoAWQ's GEMM layout, 4 bits.
    case awq(group: Int)
    /// GPTQ's layout; the first version's zero points are one less than meant, so that its `zeroBias` is 1.
    case gptq(bits: Int, group: Int, zeroBias: Int)

    /// Weight-only 4 bits in groups of 128.
    public static let w4a16 = PackingScheme.words(bits: 4, .group(128), isSymmetric: true)
    /// Weight-only 8 bits, a scale a row.
    public static let w8a16 = PackingScheme.words(bits: 8, .channel, isSymmetric: true)
    /// 8 bits a weight, a scale a row, for 8-bit activations.
    public static let w8a8 = PackingScheme.bytes(bits: 8, .channel, isSymmetric: true)
    /// 4 bits a weight in groups of 128, kept in bytes, for 8-bit activations.
    public static let w4a8 = PackingScheme.bytes(bits: 4, .group(128), isSymmetric: true)
    /// E4M3 with a scale a tile of 128 × 128.
    public static let fp8 = PackingScheme.fp8(.block(rows: 128, columns: 128))
    /// E4M3 with a scale a row.
    public static let fp8Channel = PackingScheme.fp8(.channel)

    /// The schemes that Lancet writes, by name, in display order.
    public static let all: [PackingScheme] = [.w4a16, .w8a16, .w8a8, .w4a8, .fp8, .fp8Channel]

    /// The scheme of that name, such as `w4a16`, in lower or upper case; nil if Lancet writes none of that name.
    public static func named(_ name: String) -> PackingScheme? { all.first { $0.name == name.lowercased() } }

    /// The spelling shown to people: `fp8`, `w4a16`, or with what differs from the usual, `w4a16-g64`.
    public var name: String {
        switch self {
        case .fp8(.block(128, 128)): "fp8"
        case .fp8(let tile): "fp8" + (tile.suffix(besides: nil))
        case .words(let bits, let tile, let isSymmetric):
            "w\(bits)a16" + tile.suffix(besides: Self.usualTile(bits)) + (isSymmetric ? "" : "-asym")
        case .bytes(let bits, let tile, let isSymmetric):
            "w\(bits)a8" + tile.suffix(besides: Self.usualTile(bits)) + (isSymmetric ? "" : "-asym")
        case .awq(let group): "awq" + ScaleTile.group(group).suffix(besides: .group(128))
        case .gptq(let bits, let group, _): "gptq\(bits)" + ScaleTile.group(group).suffix(besides: .group(128))
        }
    }

    /// Bits of a code.
    public var bits: Int {
        switch self {
        case .fp8: 8
        case .words(let bits, _, _), .bytes(let bits, _, _), .gptq(let bits, _, _): bits
        case .awq: 4
        }
    }

    /// What one scale stands for.
    public var tile: ScaleTile {
        switch self {
        case .fp8(let tile), .words(_, let tile, _), .bytes(_, let tile, _): tile
        case .awq(let group), .gptq(_, let group, _): .group(group)
        }
    }

    /// Whether there are zero points.
    public var hasZeroPoints: Bool {
        switch self {
        case .fp8: false
        case .words(_, _, let isSymmetric), .bytes(_, _, let isSymmetric): !isSymmetric
        case .awq, .gptq: true
        }
    }

    private static func usualTile(_ bits: Int) -> ScaleTile { bits >= 8 ? .channel : .group(128) }
}

extension ScaleTile {
    /// What a name adds for tiles other than the usual.
    fileprivate func suffix(besides usual: ScaleTile?) -> String {
        if self == usual { return "" }
        return switch self {
        case .tensor: "-tensor"
        case .channel: "-channel"
        case .group(let length): "-g\(length)"
        case .block(let rows, let columns): "-\(rows)x\(columns)"
        }
    }
}
