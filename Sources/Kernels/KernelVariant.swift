import CKernels

/// The instruction set that kernels use; every variant gives the same bits.
public enum KernelVariant: String, Sendable, CaseIterable, Comparable {
    case portable, avx2, avx512

    /// The number by which the C kernels know it.
    var index: Int32 {
        switch self {
        case .portable: Int32(lk_portable)
        case .avx2: Int32(lk_avx2)
        case .avx512: Int32(lk_avx512)
        }
    }

    /// Whether this processor runs it.
    public var isAvailable: Bool { lk_supports(index) != 0 }

    /// Those this processor runs, the simplest first.
    public static let available: [KernelVariant] = allCases.filter(\.isAvailable)

    /// The fastest this processor runs.
    public static let best: KernelVariant = available.last ?? .portable

    public static func < (a: KernelVariant, b: KernelVariant) -> Bool { a.index < b.index }
}
