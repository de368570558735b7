import Documents
import Language
import Plots

/// Token ids with their pieces: what `tokens` gives, and what `run` takes.
public struct TokensValue: SessionValue {
    public let ids: [Int]
    /// The text of each id.
    public let pieces: [String]
    /// What marks the tokenizer puts around a text, in words.
    public let rule: String

    public var typeName: String { "tokens" }

    public var members: [Member] {
        [Member("ids", "the ids as a list"), Member("pieces", "the texts as a list"), Member("count", "how many")]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "ids": return .list(ids.map { .number($0) })
        case "pieces": return .list(pieces.map { .text($0) })
        case "count": return .number(ids.count)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard indices.count == 1 else { throw LanguageError(.index, "tokens take one index", index: 1) }
        let picked = try indices[0].resolved(count: ids.count, of: "the tokens")
        if indices[0].dropsAxis { return .number(ids[picked[0]]) }
        return .object(TokensValue(ids: picked.map { ids[$0] }, pieces: picked.map { pieces[$0] }, rule: rule))
    }

    public func elements() throws(LanguageError) -> [Value]? { ids.map { .number($0) } }

    public var table: ValueTable? {
        ValueTable(
            columns: ["position", "id", "piece"],
            rows: ids.indices.map { [.integer($0), .integer(ids[$0]), .text(pieces[$0].debugDescription)] })
    }

    public func text(_ options: TextOptions) -> String {
        [table?.plain ?? "", "\(ids.count) tokens · \(rule)"].joined(separator: "\n")
    }

    public var json: JSON {
        .fields([("ids", .array(ids.map { .whole($0) })), ("pieces", .array(pieces.map { .string($0) }))])
    }

    public func absorb(into digest: inout ValueDigest) {
        for id in ids { digest.mix(id) }
    }
}
