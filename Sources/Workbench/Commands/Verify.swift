import Language
import Storage

/// `verify "FILE"`: whether a saved checkpoint still is what was saved.
enum Verify: Command {
    static let signature = Signature(
        "verify", "compares every tensor of a saved checkpoint with the digests it carries",
        docs: """
            What `save` writes of an edited model carries a SHA-256 of every tensor, of stacks one for each expert. The first \
            tensor (and expert) that differs is named, and the process ends with status 3, as after a replay that differs. \
            Of other files the digest is told and nothing compared: it is the one that a file made from them calls its \
            parent's.
            """,
        category: Shelf.compression, parameters: [Parameter("file", .text, "the file or folder")],
        result: "how many tensors are as recorded, and the digest of the whole",
        examples: ["verify \"examples/models/teach-gptoss-bf16.gguf\""])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let (path, target) = try call.path("file", in: session)
        let archive = try Archive.open(target)
        let recorded = try Provenance.digests(in: archive)
        guard call.prefix != .dryRun else {
            return Outcome(.text("would digest \(archive.tensors.count) tensors, \(archive.tensorBytes) bytes"))
        }
        let digests = try archive.digests { done, total in
            try session.checkInterruption()
            session.output.progress(Progress(task: "verify", done: done, total: total, unit: "digests"))
        }
        let whole = CheckpointDigest.text(of: archive, digests.tensors.flatMap(\.units))
        let count = archive.tensors.count
        guard let recorded else {
            return Outcome(.text("\(path): \(count) tensors, no digests to compare with · sha256 \(whole)"))
        }
        try compare(recorded, digests, archive, path)
        return Outcome(.text("\(path): \(count) tensors as recorded · sha256 \(whole)"))
    }

    private static func compare(
        _ recorded: [[String]], _ digests: TensorDigests, _ archive: Archive, _ path: String
    ) throws(LanguageError) {
        guard recorded.count == archive.tensors.count else {
            throw differs("\(path) has \(archive.tensors.count) tensors and digests of \(recorded.count)")
        }
        var places: [String] = []
        for (tensor, (old, (_, new))) in zip(archive.tensors, zip(recorded, digests.tensors)) where old != new {
            let unit = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
            places.append(tensor.name + place(of: unit, in: tensor))
        }
        guard let first = places.first else { return }
        let others = places.count > 1 ? ", and \(places.count - 1) tensors after it" : ""
        throw differs("\(path): \(first) is not what was saved\(others)")
    }

    private static func place(of unit: Int, in tensor: TensorEntry) -> String {
        DigestUnits.isStack(tensor.shape) ? ", expert \(unit)" : ""
    }

    private static func differs(_ message: String) -> LanguageError {
        LanguageError(
            code: "verify.differs", message,
            help: "The file was changed or damaged since: copy it again, or make it again with its recipe.",
            kind: .assertion)
    }
}
