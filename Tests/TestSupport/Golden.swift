import Documents
import Formats
import Storage
import Tensors

/// What another program computed for one oracle: tokens, logits and sites by their TransformerLens names.
public struct Golden: Sendable {
    public let name: String
    public let tokens: [Int]
    /// What `meta.json` says of the oracle.
    public let facts: JSON
    private let entries: [String: TensorEntry]

    /// Reads `golden.safetensors` and `meta.json` of an oracle.
    /// - Throws: what reading them throws; `Scripts/make-oracles.py` makes them.
    public init(_ name: String, file: String = "golden") throws {
        self.name = name
        let source = try MappedFile(path: Fixtures.path("oracles/\(name)/\(file).safetensors"))
        let tensors = try SafetensorsReader.read(source, name: name).tensors
        entries = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
        tokens = Self.integers(entries["tokens"])
        facts = try JSON(parsing: [UInt8](Fixtures.data("oracles/\(name)/meta.json")))
    }

    /// The names it has, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// A floating-point entry.
    public func values(_ name: String) -> [Float]? { entries[name]?.floats() }

    /// An integer entry.
    public func integers(_ name: String) -> [Int] { Self.integers(entries[name]) }

    /// The shape of an entry.
    public func shape(_ name: String) -> [Int]? { entries[name]?.shape }

    private static func integers(_ entry: TensorEntry?) -> [Int] {
        entry?.withBytes { bytes in
            (0..<bytes.count / 4).map { Int(bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)) }
        } ?? []
    }
}
