import Architectures
import Inference
import Language
import Tokenizers

/// `generate MODEL TEXT`: a text, continued.
enum Generate: Command {
    static let signature = Signature(
        "generate", "continues a text token by token",
        docs: """
            Greedy unless a temperature is given; with one, each draw is keyed by seed and step, so the same seed gives the \
            same text. It stops at an end of turn, after `max` tokens, or where the model's context ends.

            As a statement it streams the text as it comes.
            """,
        category: Shelf.experiments,
        parameters: [Parameter("model", .any, "the model"), Parameter("text", .any, "a text, or token ids")],
        labels: TokenGeneration.labels,
        result: "the text with its tokens",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            generate m "The capital of France is" max 8
            generate m "The capital of France is" max 8 temperature 0.8 seed 1 top-k 20 top-p 90%
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.required("model").asObject(ModelValue.self, "model")
        let prompt = try session.tokens(try call.required("text"), for: model)
        let tokenizer = model.checkpoint.hasTokenizer ? try model.checkpoint.tokenizer() : nil
        let generated = try TokenGeneration(
            model, prompt: prompt, ends: tokenizer?.vocabulary.endOfGeneration ?? [], call: call, showsPrompt: true,
            in: session)
        return Outcome(
            .object(
                GenerationValue(
                    prompt: prompt, added: generated.added, promptText: generated.promptText, text: generated.text,
                    end: generated.end, rule: generated.rule, model: model.title,
                    arithmetic: session.settings.arithmetic, isStreamed: generated.isStreamed)))
    }
}
