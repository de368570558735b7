import Documents
import Foundation
import TestSupport
import Testing
import Tokenizers

/// How chats are written, against transformers with published templates; `Scripts/make-chat-goldens.py` says which.
@Suite struct ChatTemplateTests {
    private static let kinds = [
        "chatml": "chatml", "qwen2.5": "chatml", "qwen3": "chatml", "mistral": "inst", "mixtral": "inst",
        "llama2": "inst", "llama3": "llama-3", "llama3.1": "llama-3", "olmoe": "olmoe", "harmony": "harmony",
    ]

    private func document() throws -> JSON { try JSON(parsing: Array(try Fixtures.data("chats.json"))) }

    @Test func everyChatIsWrittenAsItsTemplateWritesIt() throws {
        let document = try document()
        let cases = document["cases"]?.asArray ?? []
        #expect(cases.count == 29)
        for entry in cases {
            let name = entry["template"]?.asString ?? ""
            let source = document["templates"]?[name]?.asString ?? ""
            let template = try #require(ChatTemplate.known(source))
            #expect(template.name == Self.kinds[name])
            let messages = (entry["messages"]?.asArray ?? []).compactMap { message -> ChatMessage? in
                ChatMessage.Speaker(rawValue: message["role"]?.asString ?? "").map {
                    ChatMessage($0, message["content"]?.asString ?? "")
                }
            }
            let setting = ChatTemplate.Setting(source: source, begin: "<s>", end: "</s>")
            let text = try template.render(messages, setting)
            #expect(text == entry["text"]?.asString, "\(name) \(entry["chat"]?.asString ?? "")")
            if let answered = entry["answered"]?.asString { #expect(text + template.answerLead(source) == answered) }
        }
    }

    @Test func anUnknownTemplateIsNone() {
        #expect(ChatTemplate.known("{% for m in messages %}### {{ m.content }}{% endfor %}") == nil)
        #expect(ChatTemplate.known("{{ messages }}") == nil)
    }

    @Test func whatATemplateHasNoPlaceForIsRefused() throws {
        let source = try document()["templates"]?["mixtral"]?.asString ?? ""
        let template = try #require(ChatTemplate.known(source))
        let setting = ChatTemplate.Setting(source: source, begin: "<s>", end: "</s>")
        #expect(throws: ChatError.self) {
            try template.render([ChatMessage(.system, "Be brief."), ChatMessage(.user, "Hello")], setting)
        }
        #expect(throws: ChatError.self) {
            try template.render([ChatMessage(.user, "Hello"), ChatMessage(.user, "Hello?")], setting)
        }
    }

    @Test func thoughtsAndAnswersAreToldApart() throws {
        let document = try document()
        let harmony = try #require(ChatTemplate.known(document["templates"]?["harmony"]?.asString ?? ""))
        let reply = harmony.parse(
            "<|channel|>analysis<|message|>France, hm.<|end|><|start|>assistant<|channel|>final<|message|>Paris.<|return|>"
        )
        #expect(reply == ChatReply(thoughts: "France, hm.", answer: "Paris."))
        #expect(harmony.parse("<|channel|>analysis<|message|>France").thoughts == "France")
        #expect(harmony.parse("Paris").answer == "Paris")
        let qwen = try #require(ChatTemplate.known(document["templates"]?["qwen3"]?.asString ?? ""))
        #expect(qwen.parse("<think>\nHm.\n</think>\n\nParis.") == ChatReply(thoughts: "Hm.", answer: "Paris."))
        #expect(qwen.parse("Paris.").answer == "Paris.")
    }
}
