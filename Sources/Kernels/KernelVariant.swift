import CKernels

/// The instruction set that kernels use; every variant gives the same bits.
public enum KernelVariant: String, Sendable, CaseIterable, Comparable {
    case portable, avx2, avx512
    /// AVX-512 with products of bytes, and with tile registers too: only `fast` products differ from `avx512`.
    case vnni, amx

    /// The number by which the C kernels know it.
    var number: Int32 {
        switch self {
        case .portable: Int32(lk_portable)
        case .avx2: Int32(lk_avx2)
        case .avx512: Int32(lk_avx512)
        case .vnni: Int32(lk_vnni)
        case .amx: Int32(lk_amx)
        }
    }

    /// The number of the variant whose kernels serve where it has none of its own.
    var index: Int32 { hasAllKernels ? number : Int32(lk_avx512) }

    /// Whether every kernel is compiled for it, not only `fast` products.
    public var hasAllKernels: Bool { number < lk_variant_count }

    /// Whether this processor runs it.
    public var isAvailable: Bool { lk_supports(number) != 0 }

    /// Those this processor runs, the simplest first.
    public static let available: [KernelVariant] = allCases.filter(\.isAvailable)

    /// The fastest this processor runs.
    public static let best: KernelVariant = available.last ?? .portable

    public static func < (a: KernelVariant, b: KernelVariant) -> Bool { a.number < b.number }
}
