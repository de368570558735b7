import Documents
import Inference
import Language
import Plots

/// A continued text, with its tokens.
public struct GenerationValue: SessionValue {
    /// The ids that were given.
    public let prompt: [Int]
    /// The ids that were added, with the mark that ended them if one did.
    public let added: [Int]
    public let promptText: String
    public let text: String
    /// What ended it.
    public let end: String
    /// How tokens were drawn.
    public let rule: String
    public let model: String
    /// How it was computed.
    public let arithmetic: Arithmetic
    /// Whether the terminal has seen the text already.
    let isStreamed: Bool

    public var typeName: String { "generation" }

    public var members: [Member] {
        [
            Member("text", "what was added"), Member("prompt", "what was given"),
            Member("tokens", "the ids that were added"), Member("end", "what ended it"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "text": return .text(text)
        case "prompt": return .text(promptText)
        case "tokens": return .list(added.map { .number($0) })
        case "end": return .text(end)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func text(_ options: TextOptions) -> String {
        let remark = "\(added.count) tokens · \(rule) · ended by \(end) · \(arithmetic.name) · \(model)"
        return isStreamed ? remark : GenerationWriter.printable(promptText + text) + "\n" + remark
    }

    public var json: JSON {
        .fields([
            ("prompt", .string(promptText)), ("text", .string(text)), ("tokens", .array(added.map { .whole($0) })),
            ("end", .string(end)), ("sampling", .string(rule)), ("model", .string(model)),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        for id in prompt + [-1] + added { digest.mix(id) }
    }
}
