import CKernels

/// How an attention cache keeps numbers: each a closed, lossy or lossless way from float32 to bytes and back.
///
/// Sizes are of the keys or values of one head; a head that is no whole number of blocks has zeros behind it.
public enum CacheType: String, Sendable, Hashable, CaseIterable {
    /// As computed.
    case f32
    /// IEEE half precision.
    case f16
    /// Blocks of 32 signed bytes and a half-precision scale, with GGUF's bits.
    case q8_0
    /// E4M3 without scales: what is larger than 448 becomes that.
    case fp8
    /// Blocks of 32 four-bit codes and a half-precision scale, with GGUF's bits.
    case q4_0

    /// Numbers that are kept together.
    public var blockLength: Int { codec.map { $0.pointee.block_length } ?? 1 }

    /// - Units: bytes a block takes.
    public var blockBytes: Int { codec.map { $0.pointee.block_bytes } ?? 4 }

    /// - Returns: bytes that a head of so many channels takes.
    public func byteCount(channels: Int) -> Int { (channels + blockLength - 1) / blockLength * blockBytes }

    /// The C codec; nil for float32, which needs none.
    fileprivate var codec: UnsafePointer<lk_cache_codec>? {
        switch self {
        case .f32: nil
        case .f16: lk_cache_codec_at(0)
        case .q8_0: lk_cache_codec_at(1)
        case .fp8: lk_cache_codec_at(2)
        case .q4_0: lk_cache_codec_at(3)
        }
    }
}

/// A cache type's way in and out, with the kernels of one variant. Every variant gives the same bits.
public struct CacheCodec: Sendable {
    public let type: CacheType
    private let encode: lk_cache_encode?
    private let decode: lk_cache_decode?

    fileprivate init(_ type: CacheType, variant: KernelVariant) {
        self.type = type
        encode = type.codec.flatMap { lk_cache_encode_of($0, variant.index) }
        decode = type.codec.flatMap { lk_cache_decode_of($0, variant.index) }
    }

    /// Takes heads in, each by itself.
    /// - Parameter bytes: room for `heads` times `type.byteCount(channels:)`.
    /// - Shape: values [head, channel].
    public func encode(
        _ values: UnsafePointer<Float>, heads: Int, channels: Int, into bytes: UnsafeMutableRawPointer
    ) {
        let size = type.byteCount(channels: channels)
        guard let encode else { return bytes.copyMemory(from: values, byteCount: heads * size) }
        let target = bytes.assumingMemoryBound(to: UInt8.self)
        // Whole blocks know nothing of heads.
        if channels % type.blockLength == 0 { return encode(values, heads * channels, target) }
        for head in 0..<heads { encode(values + head * channels, channels, target + head * size) }
    }

    /// Gives one head out again.
    /// - Shape: values [channel].
    public func decode(_ bytes: UnsafeRawPointer, channels: Int, into values: UnsafeMutablePointer<Float>) {
        let source = bytes.assumingMemoryBound(to: UInt8.self)
        guard let decode else {
            return UnsafeMutableRawPointer(values).copyMemory(from: source, byteCount: channels * 4)
        }
        decode(source, channels, values)
    }
}

extension Compute {
    /// How a cache of a type is written and read.
    public func cacheCodec(_ type: CacheType) -> CacheCodec { CacheCodec(type, variant: variant) }
}
