import Documents
import Formats
import Kernels
import TestSupport
import Testing

/// What ggml makes of rows that a formula gives; `Scripts/make-encoding-goldens.py` says which.
struct EncodingGolden: CustomTestStringConvertible {
    let format: String
    let rows: String
    let isWeighted: Bool
    let bytes: [UInt8]

    var testDescription: String { "\(format) \(rows)\(isWeighted ? " with importance" : "")" }

    static let columns = 512

    static let all: [EncodingGolden] = {
        guard let data = try? Fixtures.data("blocks/encodings.json"), let document = try? JSON(parsing: Array(data)),
            let cases = document["cases"]?.asArray
        else { return [] }
        return cases.map { entry in
            EncodingGolden(
                format: entry["type"]?.asString ?? "", rows: entry["rows"]?.asString ?? "",
                isWeighted: entry["importance"]?.asBoolean ?? false,
                bytes: Self.bytes(hex: entry["bytes"]?.asString ?? ""))
        }
    }()

    private static func bytes(hex: String) -> [UInt8] {
        let digits = hex.utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    var values: [Float] {
        (0..<2 * Self.columns).map { i in
            let n = (31 * i * i + 17 * i + 5) % 2001 - 1000
            switch rows {
            case "heavy": return Float(Double(n * n * n) / 0x1p30)
            case "outliers": return Float(n * (i % 61 == 7 ? 16 : 1)) / 1024
            case "positive": return Float(n + 1010) / 1024
            default: return Float(n) / 1024
            }
        }
    }

    var importance: [Float]? { isWeighted ? (0..<Self.columns).map { Float(1 + $0 % 7) } : nil }
}

@Suite struct EncodingGoldenTests {
    /// Formats in which Lancet takes the very steps of ggml, and those in which it does so with importance.
    private static let identical = ["q8_0", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl", "iq4_xs"]
    private static let identicalWeighted = ["q4_0", "q4_1", "q5_0", "q5_1"]

    @Test func goldensAreThere() {
        #expect(EncodingGolden.all.count == 16 * 8)
        #expect(Set(EncodingGolden.all.map(\.format)).isSubset(of: Set(Compute.encodable.map(\.name))))
    }

    @Test(
        arguments: EncodingGolden.all.filter {
            identical.contains($0.format) || $0.isWeighted && identicalWeighted.contains($0.format)
        })
    func theBytesAreThoseOfGGML(golden: EncodingGolden) throws {
        let format = try #require(BlockFormats.named(golden.format))
        #expect(
            Encodings.bytes(golden.values, EncodingGolden.columns, format, golden.importance) == golden.bytes)
    }

    @Test(arguments: EncodingGolden.all) func theErrorIsNotAboveThatOfGGML(golden: EncodingGolden) throws {
        let format = try #require(BlockFormats.named(golden.format))
        let bytes = Encodings.bytes(golden.values, EncodingGolden.columns, format, golden.importance)
        try #require(bytes.count == golden.bytes.count)
        let (ours, theirs) = (Encodings.decoded(bytes, format), Encodings.decoded(golden.bytes, format))
        #expect(error(of: ours, golden) <= error(of: theirs, golden))
    }

    /// The sum of squared errors, each times its column's importance.
    private func error(of decoded: [Float], _ golden: EncodingGolden) -> Double {
        zip(decoded, golden.values).enumerated().reduce(0) { sum, pair in
            let weight = Double(golden.importance?[pair.offset % EncodingGolden.columns] ?? 1)
            let off = Double(pair.element.0) - Double(pair.element.1)
            return sum + weight * off * off
        }
    }
}
