extension ChatTemplate {
    /// Qwen: `<|im_start|>user\n…<|im_end|>\n`.
    ///
    /// Where a template brings a system message of its own, it stands if none is given. Thoughts of earlier turns are not
    /// repeated.
    static let chatML = ChatTemplate(
        name: "chatml", isWritten: { $0.contains("<|im_start|>") },
        render: { messages, setting in
            var text = ""
            if messages.first?.speaker != .system, let own = chatMLSystem(setting.source) {
                text += "<|im_start|>system\n\(own)<|im_end|>\n"
            }
            for message in messages {
                let said = message.speaker == .assistant ? withoutThoughts(message.text).answer : message.text
                text += "<|im_start|>\(message.speaker.rawValue)\n\(said)<|im_end|>\n"
            }
            return text + "<|im_start|>assistant\n"
        },
        answerLead: { $0.contains("enable_thinking") ? "<think>\n\n</think>\n\n" : "" }, parse: withoutThoughts)

    /// What the template says where no system message is given.
    private static func chatMLSystem(_ source: String) -> String? {
        let known = [
            "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.", "You are a helpful assistant.",
            "You are a helpful assistant",
        ]
        return known.first { source.contains($0) }
    }

    /// A reply without what stands between `<think>` and `</think>`.
    private static func withoutThoughts(_ reply: String) -> ChatReply {
        guard let close = reply.firstRange(of: "</think>") else { return ChatReply(thoughts: "", answer: reply) }
        let thoughts = reply[..<close.lowerBound].pieces(separatedBy: "<think>").last ?? ""
        return ChatReply(
            thoughts: thoughts.trimmed, answer: String(reply[close.upperBound...].drop { $0.isNewline }))
    }

    /// Llama 3: `<|start_header_id|>user<|end_header_id|>\n\n…<|eot_id|>`, texts without white space around them.
    ///
    /// From 3.1 on a system message tells two dates; the second is the template's own where no clock is asked.
    static let llama3 = ChatTemplate(
        name: "llama-3", isWritten: { $0.contains("<|start_header_id|>") },
        render: { messages, setting in
            func part(_ speaker: String, _ text: String) -> String {
                "<|start_header_id|>\(speaker)<|end_header_id|>\n\n\(text)<|eot_id|>"
            }
            var (text, rest) = (setting.begin, messages[...])
            if setting.source.contains("Cutting Knowledge Date") {
                let own = rest.first?.speaker == .system ? rest.removeFirst().text.trimmed : ""
                text += part(
                    "system", "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n\(own)")
            }
            for message in rest { text += part(message.speaker.rawValue, message.text.trimmed) }
            return text + "<|start_header_id|>assistant<|end_header_id|>\n\n"
        }, ends: ["<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"])

    /// Llama 2, Mistral and Mixtral: `[INST] … [/INST]`. They differ in the spaces around an answer, which the template's
    /// text tells, and in whether there is a place for a system message.
    static let instruct = ChatTemplate(
        name: "inst", isWritten: { $0.contains("[INST]") },
        render: { messages, setting throws(ChatError) in
            let isLlama = setting.source.contains("<<SYS>>")
            let before = isLlama || setting.source.contains("' ' + message['content']") ? " " : ""
            let after = isLlama || setting.source.contains("eos_token + ' '") ? " " : ""
            var (text, rest) = (isLlama ? "" : setting.begin, messages[...])
            var system = ""
            if let first = rest.first, first.speaker == .system {
                guard isLlama else {
                    throw ChatError(
                        message: "this template has no place for a system message", remedy: "put it into the text")
                }
                system = "<<SYS>>\n\(first.text)\n<</SYS>>\n\n"
                rest.removeFirst()
            }
            for (turn, message) in rest.enumerated() {
                guard message.speaker == (turn % 2 == 0 ? .user : .assistant) else {
                    throw ChatError(
                        message: "user and assistant take turns in this template",
                        remedy: "begin with the user and alternate")
                }
                let begin = isLlama ? setting.begin : ""
                if message.speaker == .user {
                    let said = isLlama ? (system + message.text).trimmed : message.text
                    text += "\(begin)[INST] \(said) [/INST]"
                    system = ""
                } else if isLlama {
                    text += " \(message.text.trimmed) \(setting.end)"
                } else {
                    text += "\(before)\(message.text)\(setting.end)\(after)"
                }
            }
            return text
        })

    /// OLMoE and Tülu: `<|user|>\n…\n`.
    static let turns = ChatTemplate(
        name: "olmoe", isWritten: { $0.contains("<|user|>") && $0.contains("<|assistant|>") },
        render: { messages, setting in
            let parts = messages.map { message in
                let end = message.speaker == .assistant ? setting.end : ""
                return "<|\(message.speaker.rawValue)|>\n\(message.text)\(end)\n"
            }
            let begin = setting.source.contains("bos_token") ? setting.begin : ""
            return begin + parts.joined() + "<|assistant|>\n"
        })
}

extension Substring {
    func pieces(separatedBy separator: String) -> [String] { String(self).pieces(separatedBy: separator) }
}
