import Documents
import Foundation
import Kernels
import TestSupport
import Testing

/// What other packages make of numbers that a formula gives; `Scripts/make-cache-goldens.py` says which.
struct CacheGolden: CustomTestStringConvertible {
    let type: CacheType
    let rows: String
    let bytes: [UInt8]

    var testDescription: String { "\(type) \(rows)" }

    static let all: [CacheGolden] = {
        guard let data = try? Fixtures.data("blocks/caches.json"), let document = try? JSON(parsing: Array(data)),
            let cases = document["cases"]?.asArray
        else { return [] }
        return cases.compactMap { entry in
            guard let type = CacheType(rawValue: entry["type"]?.asString ?? "") else { return nil }
            let digits = (entry["bytes"]?.asString ?? "").utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
            return CacheGolden(
                type: type, rows: entry["rows"]?.asString ?? "",
                bytes: stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
        }
    }()

    var values: [Float] {
        (0..<1024).map { i in
            let n = (31 * i * i + 17 * i + 5) % 2001 - 1000
            switch rows {
            case "heavy": return Float(Double(n * n * n) / 0x1p30)
            case "outliers": return Float(n * (i % 61 == 7 ? 16 : 1)) / 1024
            case "wide": return Float(min(448, max(-448, Double(n) * exp2(Double(i % 29 - 24)))))
            default: return Float(n) / 1024
            }
        }
    }
}

@Suite struct CacheCodecTests {
    private func encoded(_ values: [Float], _ type: CacheType, heads: Int, _ variant: KernelVariant) -> [UInt8] {
        let channels = values.count / heads
        var bytes = [UInt8](repeating: 0xA5, count: heads * type.byteCount(channels: channels))
        bytes.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            Compute(threads: 1, variant: variant).cacheCodec(type)
                .encode(values, heads: heads, channels: channels, into: base)
        }
        return bytes
    }

    private func decoded(_ bytes: [UInt8], _ type: CacheType, channels: Int, _ variant: KernelVariant) -> [Float] {
        Samples.filled(channels) { values in
            bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                Compute(threads: 1, variant: variant).cacheCodec(type).decode(base, channels: channels, into: values)
            }
        }
    }

    @Test func goldensAreThere() { #expect(CacheGolden.all.count == 4 * 4) }

    @Test(arguments: CacheGolden.all)
    func bytesAreThoseOfTheFormatsOwnPackages(golden: CacheGolden) {
        for variant in KernelVariant.tried {
            #expect(encoded(golden.values, golden.type, heads: 1, variant) == golden.bytes, "\(variant)")
        }
    }

    @Test(arguments: CacheType.allCases)
    func aHeadThatIsNoWholeNumberOfBlocksHasZerosBehindIt(type: CacheType) {
        for channels in [1, 8, 12, 17, 33, 48] {
            let length = (channels + 31) / 32 * 32
            let heads = (0..<3).map { Samples.numbers(channels, "head \($0)", size: 5) }
            for variant in KernelVariant.tried {
                let bytes = encoded(heads.flatMap(\.self), type, heads: 3, variant)
                let size = type.byteCount(channels: channels)
                for (head, values) in heads.enumerated() {
                    let own = Array(bytes[head * size..<(head + 1) * size])
                    let padded = encoded(
                        values + [Float](repeating: 0, count: length - channels), type, heads: 1, variant)
                    #expect(own == Array(padded.prefix(size)))
                    let whole = decoded(padded, type, channels: length, variant)
                    #expect(
                        Samples.bits(decoded(own, type, channels: channels, variant))
                            == Samples.bits(Array(whole.prefix(channels))))
                }
            }
        }
    }

    @Test(arguments: CacheType.allCases)
    func whatIsNotFiniteStaysSeen(type: CacheType) {
        for value in [Float.nan, .infinity, -.infinity] {
            var values = Samples.numbers(64, "finite")
            values[40] = value
            for variant in KernelVariant.tried {
                let back = decoded(encoded(values, type, heads: 1, variant), type, channels: 64, variant)
                #expect(!back[40].isFinite)
                #expect(back[..<32].allSatisfy { $0.isFinite })
            }
        }
    }

    @Test func largeNumbersBecomeTheLargestOfEightBits() {
        let values: [Float] = [449, 1e30, -5000, 448]
        for variant in KernelVariant.tried {
            #expect(
                decoded(encoded(values, .fp8, heads: 1, variant), .fp8, channels: 4, variant) == [448, 448, -448, 448])
        }
    }

    @Test func sizesAreThoseOfTheFormats() {
        #expect(CacheType.allCases.map { $0.byteCount(channels: 64) } == [256, 128, 68, 64, 36])
        #expect(CacheType.allCases.map { $0.byteCount(channels: 12) } == [48, 24, 34, 12, 18])
    }
}
