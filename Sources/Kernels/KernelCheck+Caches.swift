extension KernelCheck {
    /// Keys through each type of cache and back, over head sizes that are whole blocks and such as are not.
    static func caches() -> [KernelCheck] {
        CacheType.allCases.filter { $0 != .f32 }.flatMap { type in
            [1, 12, 16, 40, 64, 80, 128].flatMap { width in
                [0.01, 3, 300].map { check(type, width: width, size: $0) }
            }
        }
    }

    private static func check(_ type: CacheType, width: Int, size: Double) -> KernelCheck {
        let heads = 3
        let keys = numbers(width * heads, "cached keys", size: size)
        return KernelCheck(
            kernel: "cache \(type.rawValue)", tolerance: tolerance(type), truth: keys.map(Double.init),
            magnitudes: keys.indices.map { magnitude(type, keys, width: width, at: $0) },
            run: { compute in
                let codec = compute.cacheCodec(type)
                let headBytes = type.byteCount(channels: width)
                return withUnsafeTemporaryAllocation(byteCount: heads * headBytes, alignment: 16) { bytes in
                    guard let bytes = bytes.baseAddress else { return [] }
                    codec.encode(keys, heads: heads, channels: width, into: bytes)
                    return filled(keys.count) { values in
                        for head in 0..<heads {
                            codec.decode(bytes + head * headBytes, channels: width, into: values + head * width)
                        }
                    }
                }
            })
    }

    /// Half a step, as a share of what steps are a share of.
    private static func tolerance(_ type: CacheType) -> Double {
        switch type {
        case .f32: 0
        case .f16: 0x1p-11
        case .fp8: 0x1p-4
        // The scale is rounded to half precision beside.
        case .q8_0: 0.5 / 127 + 0x1p-11
        // Codes reach from −8 to 7, so a number as large as the largest, of the other sign, is a whole step off.
        case .q4_0: 1.0 / 8 + 0x1p-11
        }
    }

    /// The number itself, though no smaller than steps get; in blocks their largest.
    private static func magnitude(_ type: CacheType, _ values: [Float], width: Int, at index: Int) -> Double {
        if type.blockLength == 1 { return max(Double(values[index].magnitude), type == .fp8 ? 0x1p-6 : 0x1p-14) }
        let first = index / width * width + index % width / type.blockLength * type.blockLength
        let end = min(first + type.blockLength, (index / width + 1) * width)
        return values[first..<end].reduce(0) { max($0, Double($1.magnitude)) }
    }
}
