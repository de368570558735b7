import Architectures
import Inference
import Language
import Tokenizers

/// `chat MODEL TEXT`: a message, answered.
enum Chat: Command {
    static let signature = Signature(
        "chat", "puts a message to a model in the form that it was taught, and shows its answer",
        docs: """
            The form is the checkpoint's own chat template, where that is a known one: harmony (gpt-oss), chatml (Qwen), \
            llama-3, inst (Llama 2, Mistral, Mixtral), olmoe, messages (the teaching models).

            `after` goes on with an earlier chat. As a statement it streams the answer as it comes.
            """,
        category: Shelf.experiments,
        parameters: [Parameter("model", .any, "the model"), Parameter("text", .text, "the message")],
        labels: [
            Label("system", Parameter("text", .text), docs: "what the model is told first"),
            Label("after", Parameter("chat"), docs: "the chat that the message goes on with"),
        ] + TokenGeneration.labels,
        result: "the answer with its tokens",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            first = chat m "What is the capital of France?" max 12
            first.answer
            chat m "And of Italy?" after first max 12
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.model()
        let format = try model.checkpoint.chatFormat()
        let argument = try call.required("text")
        var messages: [ChatMessage] = []
        if let earlier = call["after"] {
            let chat = try earlier.asObject(ChatValue.self, "chat")
            if let system = call.label("system") {
                throw LanguageError(
                    code: "chat.system", "the chat has begun, and `system` comes first", span: system.span)
            }
            messages = chat.messages + [ChatMessage(.assistant, chat.answer)]
        } else if let system = try call["system"]?.asText() {
            messages = [ChatMessage(.system, system)]
        }
        messages.append(ChatMessage(.user, try argument.asText()))
        let prompt: [Int]
        do { prompt = try format.tokens(messages) } catch {
            throw LanguageError(code: "chat.messages", error.message, help: error.remedy, span: argument.span)
        }
        let generated = try TokenGeneration(
            model, prompt: prompt, ends: format.ends, call: call, showsPrompt: false, in: session)
        return Outcome(
            .object(
                ChatValue(
                    messages: messages, reply: format.reply(generated.text), template: format.template.name,
                    prompt: prompt, generated: generated, model: model.title,
                    arithmetic: session.engine.arithmetic)))
    }
}
