import Formats
import Kernels
import Storage
import Tensors
import TestSupport

/// Packed weights that other programs made, with the numbers they mean.
struct PackedCase: CustomStringConvertible, Sendable {
    let name: String
    let scheme: PackingScheme
    let rows: Int
    let columns: Int
    let parts: [PackingScheme.Kind: PackedPart]
    /// - Shape: [rows, columns].
    let expected: [Float]
    /// What the codes were rounded from, where they were.
    let values: [Float]?

    var description: String { name }

    /// The matrix; nil if the parts do not suit the scheme.
    var weights: PackedWeights? {
        guard let codes = parts[.codes], let scales = parts[.scales] else { return nil }
        return PackedWeights(
            scheme, rows: rows, columns: columns, codes: codes, scales: scales, zeroPoints: parts[.zeroPoints],
            groupIndex: parts[.groupIndex])
    }

    static let all: [PackedCase] = {
        guard let file = try? MappedFile(path: Fixtures.path("packed/packed.safetensors")),
            let tensors = try? SafetensorsReader.read(file, name: "packed.safetensors").tensors
        else { return [] }
        var cases: [String: [String: TensorEntry]] = [:]
        for tensor in tensors {
            let pieces = tensor.name.split(separator: ".")
            cases[String(pieces[0]), default: [:]][String(pieces[1])] = tensor
        }
        return cases.sorted { $0.key < $1.key }.compactMap { PackedCase($0.key, $0.value) }
    }()

    private init?(_ name: String, _ entries: [String: TensorEntry]) {
        guard let truth = entries["expected"], let expected = truth.floats(), let scheme = Self.scheme(name) else {
            return nil
        }
        self.name = name
        self.scheme = scheme
        self.expected = expected
        (rows, columns) = (truth.shape[0], truth.shape[1])
        values = entries["values"]?.floats()
        var parts: [PackingScheme.Kind: PackedPart] = [:]
        for kind in PackingScheme.Kind.allCases {
            guard let entry = entries[kind.rawValue], let element = Self.elements[entry.format.name] else { continue }
            parts[kind] = PackedPart(
                element: element, shape: entry.shape, source: entry.source, offset: entry.offset)
        }
        self.parts = parts
    }

    private static let elements: [String: PackedPart.Element] = [
        "i32": .int32, "i8": .int8, "f8_e4m3": .float8, "f16": .float16, "bf16": .bfloat16, "f32": .float32,
    ]

    private static func scheme(_ name: String) -> PackingScheme? {
        let pieces = name.split(separator: "/")
        let numbers = pieces.dropFirst().map { Int($0) ?? 0 }
        func tile(_ group: Int) -> ScaleTile { group == 0 ? .tensor : group < 0 ? .channel : .group(group) }
        switch pieces[0] {
        case "fp8":
            let isChannel = numbers[0] == 1
            let isBlock = numbers[1] > 0
            return .fp8(isBlock ? .block(rows: numbers[0], columns: numbers[1]) : isChannel ? .channel : .tensor)
        case "words": return .words(bits: numbers[0], tile(numbers[1]), isSymmetric: pieces[3] == "sym")
        case "bytes": return .bytes(bits: numbers[0], tile(numbers[1]), isSymmetric: pieces[3] == "sym")
        case "awq": return .awq(group: numbers[0])
        case "gptq": return .gptq(bits: numbers[0], group: numbers[1], zeroBias: numbers[2])
        default: return nil
        }
    }
}
