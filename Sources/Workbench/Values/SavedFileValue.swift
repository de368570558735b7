import Documents
import Formats
import Language
import Plots
import Storage
import Tensors

/// A file that `save` wrote, or would write.
public struct SavedFileValue: SessionValue {
    /// One format and what lies in it.
    public struct Share: Sendable {
        public let format: String
        public let tensors: Int
        public let weights: Int
        public let bytes: Int
    }

    /// As written in the command.
    public let path: String
    /// The length of the file; nil if it was not written.
    public let byteCount: Int?
    /// The digest of everything in it, as `verify` tells it; nil if it was not written.
    public let digest: String?
    public let shares: [Share]

    init(path: String, tensors: [TensorPlan], byteCount: Int? = nil, digest: String? = nil) {
        self.path = path
        self.byteCount = byteCount
        self.digest = digest
        var names: [String] = []
        for tensor in tensors where !names.contains(tensor.format.name) { names.append(tensor.format.name) }
        shares = names.map { name in
            let own = tensors.filter { $0.format.name == name }
            return Share(
                format: name, tensors: own.count, weights: own.reduce(0) { $0 + $1.shape.reduce(1, *) },
                bytes: own.reduce(0) { $0 + ($1.byteCount ?? 0) })
        }
    }

    public var typeName: String { "file" }

    public var members: [Member] {
        [Member("path"), Member("bytes", "the length of the file"), Member("sha256", "the digest that verify tells")]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "path": .text(path)
        case "bytes": byteCount.map { .number(Double($0), .bytes) } ?? .nothing
        case "sha256": digest.map { .text($0) } ?? .nothing
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public var table: ValueTable? {
        ValueTable(
            columns: ["type", "tensors", "weights", "bytes"],
            rows: shares.map { [.text($0.format), .integer($0.tensors), .integer($0.weights), .bytes($0.bytes)] })
    }

    public func text(_ options: TextOptions) -> String {
        let title =
            if let byteCount, let digest {
                "\(path) · \(NumberText.bytes(byteCount)) · sha256 \(digest.prefix(8))…\(digest.suffix(4))"
            } else {
                "would write \(path) · \(NumberText.bytes(shares.reduce(0) { $0 + $1.bytes })) of weights"
            }
        return [title, table?.plain ?? ""].joined(separator: "\n")
    }

    public var json: JSON {
        .fields([
            ("path", .string(path)), ("bytes", byteCount.map { .whole($0) } ?? .null),
            ("sha256", digest.map { .string($0) } ?? .null), ("types", table?.json ?? .null),
        ])
    }

    /// The file's bytes count, its name does not.
    public func absorb(into digest: inout ValueDigest) {
        digest.mix(byteCount ?? -1)
        digest.mix(self.digest ?? "")
        for share in shares { digest.mix(share.bytes) }
    }
}
