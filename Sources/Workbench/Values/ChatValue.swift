import Documents
import Inference
import Language
import Plots
import Tokenizers

/// A message and its answer, with what was said before.
public struct ChatValue: SessionValue {
    /// What was said up to the answer.
    public let messages: [ChatMessage]
    public let reply: ChatReply
    /// The template's name.
    public let template: String
    /// The ids that were given.
    public let prompt: [Int]
    let generated: TokenGeneration
    public let model: String
    /// How it was computed.
    public let arithmetic: Arithmetic

    /// What the model said.
    public var answer: String { reply.answer }

    public var typeName: String { "chat" }

    public var members: [Member] {
        [
            Member("answer", "what the model said"), Member("thoughts", "what it thought before, where it told"),
            Member("text", "the reply as it came"), Member("prompt", "the chat as the model read it"),
            Member("tokens", "the ids of the reply"), Member("end", "what ended it"), Member("template"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "answer": return .text(answer)
        case "thoughts": return .text(reply.thoughts)
        case "text": return .text(generated.text)
        case "prompt": return .text(generated.promptText)
        case "tokens": return .list(generated.added.map { .number($0) })
        case "end": return .text(generated.end)
        case "template": return .text(template)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func text(_ options: TextOptions) -> String {
        let facts = [
            "\(generated.added.count) tokens", generated.rule, "ended by \(generated.end)", template, arithmetic.name,
            model,
        ]
        let remark = facts.joined(separator: " · ")
        return generated.isStreamed ? remark : GenerationWriter.printable(answer) + "\n" + remark
    }

    public var json: JSON {
        .fields([
            (
                "messages",
                .array(
                    messages.map {
                        .fields([("role", .string($0.speaker.rawValue)), ("content", .string($0.text))])
                    })
            ),
            ("answer", .string(answer)), ("thoughts", .string(reply.thoughts)), ("text", .string(generated.text)),
            ("tokens", .array(generated.added.map { .whole($0) })), ("end", .string(generated.end)),
            ("sampling", .string(generated.rule)), ("template", .string(template)), ("model", .string(model)),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        for id in prompt + [-1] + generated.added { digest.mix(id) }
    }
}
