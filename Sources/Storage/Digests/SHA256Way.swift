import CKernels

/// How SHA-256 takes blocks in; every way gives the same digests.
public enum SHA256Way: String, Sendable, CaseIterable {
    /// Plain C, a stream at a time.
    case portable
    /// The processor's own instructions, two streams at a time.
    case instructions
    /// Eight streams in the lanes of a vector.
    case avx2
    /// Sixteen.
    case avx512

    /// The number by which the C kernel knows it.
    private var index: Int32 {
        switch self {
        case .portable: Int32(lk_sha256_portable)
        case .instructions: Int32(lk_sha256_instructions)
        case .avx2: Int32(lk_sha256_avx2)
        case .avx512: Int32(lk_sha256_avx512)
        }
    }

    /// Whether this processor knows it.
    public var isAvailable: Bool { lk_sha256_supports(index) != 0 }

    /// Those this processor knows.
    public static let available: [SHA256Way] = allCases.filter(\.isAvailable)

    /// Streams that are worth having side by side.
    static let bestWidth: Int = {
        if available.contains(.avx512) { return lk_sha256_width(Int32(lk_sha256_avx512)) }
        if available.contains(.instructions) { return lk_sha256_width(Int32(lk_sha256_instructions)) }
        return available.contains(.avx2) ? lk_sha256_width(Int32(lk_sha256_avx2)) : 1
    }()

    /// The fastest for some streams. A vector takes as long whatever the number of its lanes that are used: measured in GB/s,
    /// 16 lanes at 2.9, 8 at 1.3, the instructions at 1.9 (one stream 1.4), plain C at 0.3.
    static func best(forStreams count: Int) -> SHA256Way {
        let hasInstructions = available.contains(.instructions)
        if count >= (hasInstructions ? 11 : 2), available.contains(.avx512) { return .avx512 }
        if hasInstructions { return .instructions }
        return count >= 2 && available.contains(.avx2) ? .avx2 : .portable
    }

    /// Takes in whole blocks of several streams.
    /// - Shape: states [streams, 8]; data [streams].
    func take(
        _ states: UnsafeMutablePointer<UInt32>, _ data: UnsafePointer<UnsafePointer<UInt8>?>, streams: Int, blocks: Int
    ) {
        states.withMemoryRebound(
            to: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32).self, capacity: streams
        ) {
            lk_sha256_take(index, $0, data, streams, blocks)
        }
    }
}
