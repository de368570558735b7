import Architectures
import Language
import Storage

/// `open "FILE"`: a checkpoint as a value.
enum Open: Command {
    static let signature = Signature(
        "open", "opens a checkpoint: GGUF (also split), safetensors, or a Hugging Face folder",
        docs: """
            The file is mapped, not read: opening takes no longer for a large checkpoint. It is never written to.

            gpt-oss's reference does not round the ends of YaRN's ramp; llama.cpp does. `rope truncated` computes as llama.cpp, \
            for comparisons; the summary says which is used.
            """,
        category: Shelf.models, parameters: [Parameter("path", .text, "the file or folder")],
        labels: [Label("rope", Parameter("mode", .choice(["reference", "truncated"])), docs: "how YaRN is computed")],
        result: "a model", examples: ["m = open \"examples/models/teach-gptoss-bf16.gguf\"\ninfo m"])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let path = try call.required("path").asText()
        let rope = try call["rope"].flatMap { RopeMode(rawValue: try $0.asText()) } ?? .reference
        let checkpoint = try Checkpoint.open(session.resolved(path), rope: rope)
        if let cache = session.memory?.cache { try cache.serve(checkpoint.archive.files) }
        return Outcome(.object(ModelValue(opened: checkpoint, path: path, version: session.nextVersion())))
    }
}
