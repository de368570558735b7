import Documents
import Formats
import Foundation
import TestSupport
import Testing

/// A row of numbers, or a block that no encoder makes, with what the gguf package and ggml make of it.
struct BlockGolden: CustomTestStringConvertible {
    let format: String
    let name: String
    let input: [Float]?
    /// The encodings that count as right, and what each decodes to.
    let encodings: [[UInt8]]
    let outputs: [[Float]]

    var testDescription: String { "\(format) \(name)" }

    /// All of `Tests/Fixtures/blocks/blocks.json`.
    static let all: [BlockGolden] = {
        guard let data = try? Fixtures.data("blocks/blocks.json"), let document = try? JSON(parsing: Array(data)),
            let cases = document["cases"]?.asArray
        else { return [] }
        return cases.map { entry in
            BlockGolden(
                format: entry["type"]?.asString ?? "", name: entry["name"]?.asString ?? "",
                input: entry["input"]?.asString.map { floats(hex: $0) },
                encodings: (entry["bytes"]?.asArray ?? []).map { bytes(hex: $0.asString ?? "") },
                outputs: (entry["output"]?.asArray ?? []).map { floats(hex: $0.asString ?? "") })
        }
    }()

    static func bytes(hex: String) -> [UInt8] {
        let digits = hex.utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static func floats(hex: String) -> [Float] {
        bytes(hex: hex).withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }
}

extension BlockFormat {
    func decoded(_ bytes: [UInt8]) -> [Float] {
        var values = [Float](repeating: .nan, count: bytes.count / blockBytes * blockLength)
        bytes.withUnsafeBytes { bytes in values.withUnsafeMutableBufferPointer { decode(bytes, $0) } }
        return values
    }
}
