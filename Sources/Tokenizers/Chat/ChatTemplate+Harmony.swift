extension ChatTemplate {
    /// gpt-oss: `<|start|>user<|message|>…<|end|>`, with channels, and what the system says in a developer's message.
    ///
    /// The line with the current date is left out, as openai-harmony does without a date: a result must not depend on the
    /// day it was computed on.
    /// - Source: openai/harmony; the template of openai/gpt-oss-20b.
    static let harmony = ChatTemplate(
        name: "harmony", isWritten: { $0.contains("<|start|>") && $0.contains("<|channel|>") },
        render: { messages, _ in
            var text =
                "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\n"
                + "Knowledge cutoff: 2024-06\n\nReasoning: medium\n\n"
                + "# Valid channels: analysis, commentary, final. Channel must be included for every message.<|end|>"
            for message in messages {
                switch message.speaker {
                case .system:
                    text += "<|start|>developer<|message|># Instructions\n\n\(message.text)\n\n<|end|>"
                case .user: text += "<|start|>user<|message|>\(message.text)<|end|>"
                case .assistant: text += "<|start|>assistant<|channel|>final<|message|>\(message.text)<|end|>"
                }
            }
            return text + "<|start|>assistant"
        },
        answerLead: { _ in "<|channel|>final<|message|>" }, ends: ["<|return|>", "<|call|>", "<|endoftext|>"],
        parse: { reply in
            let parts = reply.pieces(separatedBy: "<|start|>").map { part in
                let pieces = part.pieces(separatedBy: "<|message|>")
                return (head: pieces[0], text: pieces.dropFirst().joined().beforeFirst(["<|end|>", "<|return|>"]))
            }
            let thoughts = parts.filter { $0.head.contains("<|channel|>analysis") }.map(\.text)
            let answers = parts.filter { $0.head.contains("<|channel|>final") }.map(\.text)
            // A reply that was cut short before its answer is shown as it stands.
            if answers.isEmpty, thoughts.isEmpty { return ChatReply(thoughts: "", answer: reply) }
            return ChatReply(thoughts: thoughts.joined(separator: "\n"), answer: answers.joined(separator: "\n"))
        })

    /// Harmony's messages alone, without channels or a message of its own: how the teaching models were taught.
    static let messages = ChatTemplate(
        name: "messages",
        isWritten: { $0.contains("<|start|>") && $0.contains("<|message|>") && !$0.contains("<|channel|>") },
        render: { messages, _ in
            messages.map { "<|start|>\($0.speaker.rawValue)<|message|>\($0.text)<|end|>" }.joined()
                + "<|start|>assistant<|message|>"
        }, ends: ["<|end|>", "<|endoftext|>"])
}

extension String {
    /// The parts between separators; at least one.
    func pieces(separatedBy separator: String) -> [String] {
        var (parts, rest) = ([String](), self[...])
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }

    /// What stands before the first of some marks.
    func beforeFirst(_ marks: [String]) -> String {
        let ends = marks.compactMap { firstRange(of: $0)?.lowerBound }
        return String(self[..<(ends.min() ?? endIndex)])
    }

    /// Without white space at both ends.
    var trimmed: String {
        let isSpace = { (character: Character) in character.isWhitespace }
        return String(String(drop(while: isSpace)).reversed().drop(while: isSpace).reversed())
    }
}
