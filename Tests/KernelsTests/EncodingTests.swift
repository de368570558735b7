import Formats
import Kernels
import Tensors
import Testing

@Suite struct EncodingTests {
    /// Numbers that no encoder likes, mixed with ordinary ones.
    private static let odd: [Float] = [
        .nan, -.nan, .signalingNaN, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, 0, -0.0, 1, 65504, 65520, 0x1p-126,
    ]

    private static func oddRows(_ count: Int) -> [Float] {
        let random = KeyedRandom(seed: 7, purpose: "odd numbers")
        return (0..<count).map { index in
            switch index / 512 % 3 {
            case 0: odd[random.index(below: index / 512 % odd.count + 1, index)]
            case 1: Float(bitPattern: UInt32(truncatingIfNeeded: random.bits(index)))
            default: Float(random.unit(index) - 0.5)
            }
        }
    }

    @Test(arguments: Compute.encodable) func everyVariantGivesTheSameBits(format: BlockFormat) {
        let columns = 1280
        let inputs = [Samples.numbers(7 * columns), Samples.numbers(columns, size: 1e-4), Self.oddRows(24 * columns)]
        for importance in [nil, Samples.numbers(columns, "importance").map(\.magnitude)] {
            for values in inputs {
                let expected = Encodings.bytes(values, columns, format, importance, variant: .portable)
                for variant in KernelVariant.tried {
                    #expect(Encodings.bytes(values, columns, format, importance, variant: variant) == expected)
                }
            }
        }
    }

    @Test(arguments: Compute.encodable) func aRowsBitsDoNotDependOnTheOthers(format: BlockFormat) throws {
        let columns = 768
        let values = Samples.numbers(41 * columns)
        let importance = Samples.numbers(columns, "importance").map(\.magnitude)
        let together = Encodings.bytes(values, columns, format, importance, threads: 3)
        let apart = stride(from: 0, to: values.count, by: columns).flatMap {
            Encodings.bytes(Array(values[$0..<$0 + columns]), columns, format, importance)
        }
        #expect(together == apart)
    }

    @Test(arguments: Compute.encodable.filter { $0.blockLength > 1 })
    func whateverIsEncodedDecodesToNumbers(format: BlockFormat) {
        let columns = 512
        let weird: [Float] = [0, .nan, .infinity, -1, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1, 1e-30]
        for importance in [nil, [Float](repeating: 0, count: columns), (0..<columns).map { weird[$0 % 8] }] {
            let bytes = Encodings.bytes(Self.oddRows(48 * columns), columns, format, importance)
            let isFinite = Encodings.decoded(bytes, format).allSatisfy(\.isFinite)
            #expect(isFinite)
        }
    }

    @Test(arguments: Compute.encodable.filter { $0.blockLength > 1 })
    func whatIsNoNumberCountsAsZeroAndInfinitiesAsTheLargest(format: BlockFormat) {
        var (odd, plain) = (Samples.numbers(1024), Samples.numbers(1024))
        for (place, value, stand) in [
            (3, Float.nan, Float(0)), (300, -.nan, 0), (517, .infinity, .greatestFiniteMagnitude),
            (1000, -.infinity, -.greatestFiniteMagnitude),
        ] {
            odd[place] = value
            plain[place] = stand
        }
        for importance in [nil, Samples.numbers(512, "importance").map(\.magnitude)] {
            #expect(
                Encodings.bytes(odd, 512, format, importance) == Encodings.bytes(plain, 512, format, importance))
        }
    }

    @Test(arguments: Compute.encodable.filter { $0.blockLength > 1 })
    func importanceThatIsNoPositiveNumberCountsAsZero(format: BlockFormat) {
        let values = Samples.numbers(1024)
        var (odd, plain) = (Samples.numbers(512).map(\.magnitude), Samples.numbers(512).map(\.magnitude))
        for (place, value) in [(0, Float.nan), (40, -3), (41, -.infinity), (300, -0.0)] {
            odd[place] = value
            plain[place] = 0
        }
        #expect(Encodings.bytes(values, 512, format, odd) == Encodings.bytes(values, 512, format, plain))
    }

    @Test(arguments: Compute.encodable) func zerosStayZeros(format: BlockFormat) {
        for importance in [nil, [Float](repeating: 1, count: 256), [Float](repeating: 0, count: 256)] {
            let bytes = Encodings.bytes([Float](repeating: 0, count: 512), 256, format, importance)
            let isZero = Encodings.decoded(bytes, format).allSatisfy { $0 == 0 }
            #expect(isZero)
        }
    }

    @Test(arguments: [BlockFormat.f32, .f16, .bf16]) func plainFormatsKeepWhatTheyHold(format: BlockFormat) {
        let random = KeyedRandom(seed: 8, purpose: "bits")
        let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: random.bits($0)) }
        let values = Encodings.decoded(bytes, format)
        let again = Encodings.decoded(Encodings.bytes(values, values.count, format), format)
        for (a, b) in zip(values, again) where !a.isNaN { #expect(a.bitPattern == b.bitPattern) }
        for (a, b) in zip(values, again) where a.isNaN { #expect(b.isNaN) }
    }

    @Test func halfPrecisionRoundsToEven() {
        let values = Self.oddRows(3072).map { $0.isNaN ? 1 : $0 } + Samples.numbers(4096, size: 1e-5)
        let bytes = Encodings.bytes(values, values.count, .f16)
        for (index, value) in values.enumerated() {
            let bits = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
            #expect(bits == Float16(value).bitPattern, "\(value)")
        }
    }

    @Test func infinitiesBecomeTheLargestThatTheScaleCanExpress() {
        var values = [Float](repeating: 1, count: 32)
        values[3] = .infinity
        values[4] = -.infinity
        let decoded = Encodings.decoded(Encodings.bytes(values, 32, .mxfp4), .mxfp4)
        #expect(decoded[3] > 0x1p126 && decoded[4] == -decoded[3])
    }
}

/// Encoding arrays, and what they decode to.
enum Encodings {
    static func bytes(
        _ values: [Float], _ columns: Int, _ format: BlockFormat, _ importance: [Float]? = nil,
        variant: KernelVariant = .best, threads: Int = 1
    ) -> [UInt8] {
        let compute = Compute(threads: threads, variant: variant)
        var bytes = [UInt8](repeating: 0xAA, count: values.count / format.blockLength * format.blockBytes)
        values.withUnsafeBufferPointer { values in
            bytes.withUnsafeMutableBytes { target in
                guard let importance else {
                    return compute.encode(values, columns: columns, as: format, importance: nil, into: target)
                }
                importance.withUnsafeBufferPointer {
                    compute.encode(values, columns: columns, as: format, importance: $0, into: target)
                }
            }
        }
        return bytes
    }

    static func decoded(_ bytes: [UInt8], _ format: BlockFormat) -> [Float] {
        var values = [Float](repeating: .nan, count: bytes.count / format.blockBytes * format.blockLength)
        bytes.withUnsafeBytes { bytes in values.withUnsafeMutableBufferPointer { format.decode(bytes, $0) } }
        return values
    }
}
