import Architectures
import Documents
import Foundation
import Inference
import Kernels
import Storage
import TestSupport

/// A tiny model that other programs wrote, in one container or both, with what they say about it.
struct Oracle {
    let name: String
    let meta: JSON

    init(_ name: String) throws {
        self.name = name
        meta = try JSON(parsing: Array(Fixtures.data("oracles/\(name)/meta.json")))
    }

    var folder: String { Fixtures.path("oracles/\(name)") }
    var gguf: String { Fixtures.path("oracles/\(name)/model.gguf") }
    var containers: [String] { (meta["containers"]?.asArray ?? []).compactMap(\.asString) }
    var features: [String] { (meta["features"]?.asArray ?? []).compactMap(\.asString) }
    func number(_ key: String) -> Int? { meta[key]?.asInteger }
    func numbers(_ key: String) -> [Int] { (meta[key]?.asArray ?? []).compactMap(\.asInteger) }

    /// Every path that opens it.
    var paths: [String] {
        (containers.contains("huggingface") ? [folder] : []) + (containers.contains("gguf") ? [gguf] : [])
    }

    /// Those in both containers.
    static var inBoth: [String] {
        Fixtures.oracleNames.filter { (try? Oracle($0))?.containers.count == 2 }
    }

    /// Those that come as GGUF and route between experts.
    static var routedInGGUF: [String] { inGGUF.filter { ((try? Oracle($0))?.number("experts") ?? 0) > 0 } }

    /// Those that come as GGUF.
    static var inGGUF: [String] {
        Fixtures.oracleNames.filter { (try? Oracle($0))?.containers.contains("gguf") == true }
    }
}

/// The bits of every element, row by row.
func bits(_ matrix: Matrix) -> [UInt32] {
    let compute = Compute(threads: 1)
    var values = [Float](repeating: 0, count: matrix.rows * matrix.columns)
    values.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        for row in 0..<matrix.rows { compute.decodeRow(matrix, row: row, into: start + row * matrix.columns) }
    }
    return values.map(\.bitPattern)
}

/// The bits of a role's elements, rows of queries and keys in the order of Hugging Face's files.
func bits(_ model: Model, _ role: Role, _ matrix: Matrix) -> [UInt32] {
    let bits = bits(matrix)
    let turned: [Role.Part] = [.query, .queryBias, .key, .keyBias]
    guard model.rotaryRows == .interleaved, turned.contains(role.part) else { return bits }
    // As numpy has it: reshape(heads, d/2, 2, …).swapaxes(1, 2).
    let half = model.blueprint.headDimension / 2
    let width = matrix.rows == 1 ? 1 : matrix.columns
    return (0..<bits.count / (2 * half * width)).flatMap { head in
        (0..<2).flatMap { side in
            (0..<half).flatMap { pair in
                let start = ((head * half + pair) * 2 + side) * width
                return bits[start..<start + width]
            }
        }
    }
}

/// The roles whose elements differ between two models, or that only one of them has; what a GGUF says of rotary frequencies
/// in a tensor, a configuration says in words.
func differingRoles(_ a: Model, _ b: Model) -> [Role] {
    Set(a.tensors.keys).union(b.tensors.keys).sorted().filter { role in
        if role.part == .rotaryDivisors { return false }
        guard let left = a.tensors[role], let right = b.tensors[role] else { return true }
        return left.rows != right.rows || left.columns != right.columns || bits(a, role, left) != bits(b, role, right)
    }
}

/// A folder that is gone when the test is done.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("lancet-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The files in it, sorted.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    /// A copy of an oracle's folder, with some keys of its `config.json` changed; null takes a key out.
    func copy(_ oracle: Oracle, configuration changes: [String: JSON]) throws -> String {
        let target = path + "/" + oracle.name
        try FileManager.default.copyItem(atPath: oracle.folder, toPath: target)
        let file = URL(fileURLWithPath: target + "/config.json")
        guard var values = try JSON(parsing: Array(Data(contentsOf: file))).asObject else { return target }
        for (key, value) in changes { values[key] = value.isNull ? Optional.none : value }
        try Data(JSON.object(values).utf8()).write(to: file)
        return target
    }

    /// A copy of an oracle's GGUF with some metadata changed; nil takes a key out.
    func copy(_ oracle: Oracle, metadata changes: [String: MetadataValue?]) throws -> String {
        var writer = GGUFWriter(copying: try Archive.open(oracle.gguf))
        for (key, value) in changes { writer.metadata[key] = value }
        let target = path + "/" + oracle.name + ".gguf"
        try writer.write(to: target)
        return target
    }
}
