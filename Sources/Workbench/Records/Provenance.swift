import Documents
import Language
import Storage

/// What a saved checkpoint tells of itself: the script that made it, what it was made from, and a digest of every tensor.
///
/// In GGUF these are metadata: `lancet.version`, `lancet.recipe` (a script), `lancet.parent.name`, `lancet.parent.sha256`,
/// `lancet.corpora` (for each a digest and its name), and `lancet.tensor.sha256`: for each tensor in file order the SHA-256
/// of its bytes in hexadecimal, of a stack of experts one for each expert, of other tensors one for each 64 MiB, with spaces
/// between. In a folder they are members of `lancet.json`.
struct Provenance: Sendable {
    static let prefix = "lancet."
    static let digestsKey = "lancet.tensor.sha256"
    /// What stands for a digest until it is known.
    private static let blank = String(repeating: "0", count: 64)

    let version: String
    /// Statements, one a line.
    let recipe: String
    let parentName: String
    /// The digest of the checkpoint it was made from, as `CheckpointDigest` takes it; nil where it is not told.
    let parentDigest: String?
    /// For each corpus the session held, its digest and its name.
    let corpora: [String]

    /// What the statement that runs makes of a checkpoint that was opened under a path.
    init(parent: String, in session: Session) {
        version = LancetVersion.text
        recipe = session.recipe.joined(separator: "\n") + "\n"
        parentName = parent
        parentDigest = nil
        corpora = session.interpreter.variables.compactMap { _, value in
            guard case .object(let object) = value, let corpus = object as? CorpusValue else { return nil }
            return "\(ValueDigest.of(corpus)) \(corpus.name)"
        }
    }

    /// What an archive tells; nil if it tells nothing.
    init?(_ archive: Archive) throws(LanguageError) {
        if archive.container == .safetensors {
            guard let notes = try Self.notes(archive), let recipe = notes["recipe"]?.asString else { return nil }
            self.recipe = recipe
            version = notes["version"]?.asString ?? "?"
            parentName = notes["parent"]?["name"]?.asString ?? "?"
            parentDigest = notes["parent"]?["sha256"]?.asString
            corpora = notes["corpora"]?.asArray?.compactMap(\.asString) ?? []
        } else {
            let metadata = archive.metadata
            guard let recipe = metadata["lancet.recipe"]?.text else { return nil }
            self.recipe = recipe
            version = metadata["lancet.version"]?.text ?? "?"
            parentName = metadata["lancet.parent.name"]?.text ?? "?"
            parentDigest = metadata["lancet.parent.sha256"]?.text
            corpora = metadata["lancet.corpora"]?.strings ?? []
        }
    }

    /// The script with comment lines that tell what it was run on.
    var script: String {
        var lines = ["# Made by Lancet \(version): run it with lancet run where these files lie."]
        lines.append("# parent \(parentName.debugDescription): sha256:\(parentDigest ?? "unknown")")
        for corpus in corpora {
            let parts = corpus.split(separator: " ", maxSplits: 1)
            lines.append("# corpus \(String(parts.last ?? "").debugDescription): sha256:\(parts.first ?? "unknown")")
        }
        return lines.joined(separator: "\n") + "\n" + recipe
    }

    /// The digests that an archive tells, for each of its tensors in order; nil if it tells none.
    static func digests(in archive: Archive) throws(LanguageError) -> [[String]]? {
        if archive.container == .safetensors {
            guard let map = try notes(archive)?["tensors"]?.asObject else { return nil }
            return archive.tensors.map { map[$0.name]?.asArray?.compactMap(\.asString) ?? [] }
        }
        guard let texts = archive.metadata[digestsKey]?.strings else { return nil }
        return texts.map { $0.split(separator: " ").map(String.init) }
    }

    private static func notes(_ archive: Archive) throws(LanguageError) -> JSON? {
        do {
            guard let bytes = try archive.companion("lancet.json") else { return nil }
            return try JSON(parsing: bytes)
        } catch { throw LanguageError(any: error) }
    }
}

extension Provenance {
    /// Puts everything but digests into metadata, and places for these.
    func announce(_ tensors: [TensorPlan], in metadata: inout Metadata) {
        for key in metadata.keys where key.hasPrefix(Self.prefix) { metadata[key] = nil }
        metadata["lancet.version"] = .string(version)
        metadata["lancet.recipe"] = .string(recipe)
        metadata["lancet.parent.name"] = .string(parentName)
        metadata["lancet.parent.sha256"] = .string(Self.blank)
        if !corpora.isEmpty { metadata["lancet.corpora"] = .array(MetadataArray(corpora)) }
        let places = tensors.map { plan in
            let units = DigestUnits.ranges(shape: plan.shape, byteCount: plan.byteCount ?? 0)
            return units.map { _ in Self.blank }.joined(separator: " ")
        }
        metadata[Self.digestsKey] = .array(MetadataArray(places))
    }

    /// The metadata with their digests.
    static func filled(_ metadata: Metadata, parent: String, _ digests: TensorDigests) -> Metadata {
        var metadata = metadata
        metadata["lancet.parent.sha256"] = .string(parent)
        metadata[digestsKey] = .array(MetadataArray(digests.tensors.map { $0.units.joined(separator: " ") }))
        return metadata
    }

    /// The members of a folder's `lancet.json`.
    func notes(parent: String, _ digests: TensorDigests) -> JSONObject {
        var tensors = JSONObject()
        for (name, units) in digests.tensors { tensors[name] = .array(units.map { .string($0) }) }
        var origin = JSONObject()
        origin["name"] = .string(parentName)
        origin["sha256"] = .string(parent)
        var notes = JSONObject()
        notes["version"] = .string(version)
        notes["recipe"] = .string(recipe)
        notes["parent"] = .object(origin)
        notes["corpora"] = .array(corpora.map { .string($0) })
        notes["tensors"] = .object(tensors)
        return notes
    }
}
