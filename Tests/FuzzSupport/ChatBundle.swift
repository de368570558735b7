import Documents
import Foundation
import TestSupport
import Tokenizers

/// A template's text, messages and a reply as one run of bytes: parts with `separator` between, of which each but the first
/// begins with the digit of who speaks. Any bytes are a bundle.
public struct ChatBundle {
    public static let separator = "\u{1E}"
    private static let speakers: [ChatMessage.Speaker] = [.system, .user, .assistant]
    private static let mostMessages = 8

    public let source: String
    public let messages: [ChatMessage]

    public init(source: String, messages: [ChatMessage]) {
        self.source = source
        self.messages = messages
    }

    public init(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).components(separatedBy: Self.separator)
        source = parts[0]
        messages = parts.dropFirst().prefix(Self.mostMessages).map { part in
            ChatMessage(Self.speakers[Int(part.utf8.first ?? 0) % 3], String(part.dropFirst()))
        }
    }

    public var bytes: [UInt8] {
        let parts = messages.map { "\(Self.speakers.firstIndex(of: $0.speaker) ?? 0)\($0.text)" }
        return Array(([source] + parts).joined(separator: Self.separator).utf8)
    }

    /// The chats that templates are held against, each with its template.
    static func fixtures() throws -> [ChatBundle] {
        let document = try JSON(parsing: Array(try Fixtures.data("chats.json")))
        return (document["cases"]?.asArray ?? []).compactMap { entry in
            guard let name = entry["template"]?.asString, let source = document["templates"]?[name]?.asString else {
                return nil
            }
            let messages = (entry["messages"]?.asArray ?? []).map { message in
                ChatMessage(
                    ChatMessage.Speaker(rawValue: message["role"]?.asString ?? "") ?? .user,
                    message["content"]?.asString ?? "")
            }
            return ChatBundle(source: source, messages: messages)
        }
    }

    /// Writes the chat and reads its parts as replies.
    /// - Returns: what came of it, in words that inputs which end alike share.
    /// - Throws: `ChatError`; what decoding throws.
    func use(_ tokenizer: any Tokenizer) throws -> String {
        for text in [source] + messages.map(\.text) {
            for template in ChatTemplate.all {
                let reply = template.parse(text)
                precondition(
                    reply.answer.utf8.count + reply.thoughts.utf8.count <= text.utf8.count,
                    "\(template.name) reads more than was said")
            }
        }
        let format = try ChatFormat(source: source, tokenizer: tokenizer)
        for isAnswered in [false, true] {
            let ids = try format.tokens(messages, isAnswered: isAnswered)
            precondition(ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabulary.count })
            _ = try tokenizer.decode(ids)
        }
        return "\(format.template.name), \(min(messages.count, 4)) messages"
    }
}
