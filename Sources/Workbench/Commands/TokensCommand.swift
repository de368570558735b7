import Architectures
import Language
import Tokenizers

/// `tokens MODEL TEXT`: what a text is to a model.
enum TokensCommand: Command {
    static let signature = Signature(
        "tokens", "splits a text into a model's tokens",
        docs: "Shows positions, ids and pieces, and says which marks the tokenizer puts around a text.",
        category: Shelf.experiments,
        parameters: [Parameter("model", .any, "the model"), Parameter("text", .text, "the text")],
        result: "tokens, which `run` takes too",
        examples: [
            "m = open \"examples/models/teach-gptoss-bf16.gguf\"\ntokens m \"John gave a drink to Mary\""
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.required("model").asObject(ModelValue.self, "model")
        let text = try call.required("text").asText()
        let tokenizer = try model.checkpoint.tokenizer()
        let ids = tokenizer.encode(text)
        let pieces = try ids.map { try tokenizer.vocabulary.text(of: $0) }
        return Outcome(.object(TokensValue(ids: ids, pieces: pieces, rule: tokenizer.boundary.rule)))
    }
}
