import Language
import Storage

/// `recipe "FILE"`: the script that made a saved checkpoint.
enum RecipeCommand: Command {
    static let signature = Signature(
        "recipe", "prints the script that made a saved checkpoint",
        docs: """
            What `save` writes of an edited model carries the statements that led to it; comment lines tell the digests of the \
            checkpoint it was made from (as `verify` tells it) and of the corpora the session held.
            """,
        category: Shelf.compression, parameters: [Parameter("file", .text, "the file or folder")],
        result: "a script",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            prune m drop [5]
            dry-run save m "pruned.gguf"
            dry-run recipe "pruned.gguf"
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let (path, target) = try call.path("file", in: session)
        guard call.prefix != .dryRun else { return Outcome(.text("would read the recipe of \(path)")) }
        guard let provenance = try Provenance(Archive.open(target)) else {
            throw LanguageError(
                code: "recipe.none", "\(path) carries no recipe",
                help: "Files that Lancet saves of an edited model do.", span: call.argument("file")?.span)
        }
        return Outcome(.text(provenance.script))
    }
}
