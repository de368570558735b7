import Architectures
import Documents
import Language
import Plots
import Scoring
import Storage
import Synchronization
import Tokenizers

/// Texts to measure on: a plain text, cut into windows of tokens, or items with answers, from JSON lines.
///
/// It holds text. Which tokens that is depends on a model's tokenizer, so windows are cut, and slices taken, when a command
/// uses it with a model.
public struct CorpusValue: Sendable {
    /// What it was made from.
    public enum Content: Sendable {
        case text(String)
        /// Several texts, each a family of its own.
        case texts([CorpusText])
        case items([CorpusItem])
    }

    /// What was taken from it, in order.
    public enum Step: Sendable, Hashable {
        case slice(Int?, Int?, Int?)
        case item(Int)
        case family(String)
    }

    public let name: String
    public let content: Content
    public let steps: [Step]
    /// Tokens a window of a plain text has.
    public let windowLength: Int
    /// The most windows that are taken of each text, from its start; nil takes all.
    public let windowLimit: Int?
    /// Whether each prompt is put as a user's message.
    public let isChat: Bool
    private let cache = Cache()

    public init(
        name: String, content: Content, steps: [Step] = [], windowLength: Int = 512, windowLimit: Int? = nil,
        isChat: Bool = false
    ) {
        self.name = name
        self.content = content
        self.steps = steps
        self.windowLength = windowLength
        self.windowLimit = windowLimit
        self.isChat = isChat
    }

    /// The corpus as a model's tokens.
    /// - Throws: what the tokenizer throws; `ScoringError` for a slice or family that is not there.
    public func tokens(for model: ModelValue, windowLength: Int? = nil) throws -> TokenCorpus {
        let length = windowLength ?? self.windowLength
        let tokenizer = try model.checkpoint.tokenizer()
        let key = "\(model.checkpoint.archive.path) \(length)"
        if let held = cache.value(key) { return held }
        var corpus: TokenCorpus
        switch content {
        case .text(let text):
            corpus = try windows(of: text, name, nil, tokenizer, length)
        case .texts(let texts):
            corpus = TokenCorpus(
                name: name, joining: try texts.map { try windows(of: $0.text, $0.name, $0.family, tokenizer, length) })
        case .items(let items):
            let format = isChat ? try model.checkpoint.chatFormat() : nil
            corpus = TokenCorpus(name: name, items: try items.map { try $0.tokens(tokenizer, as: format) })
        }
        for step in steps {
            switch step {
            case .slice(let start, let end, let by): corpus = try corpus.sliced(from: start, to: end, by: by ?? 1)
            case .item(let index): corpus = try corpus.item(index)
            case .family(let family): corpus = try corpus.family(family)
            }
        }
        cache.keep(corpus, key)
        return corpus
    }

    private func windows(
        of text: String, _ name: String, _ family: String?, _ tokenizer: any Tokenizer, _ length: Int
    ) throws -> TokenCorpus {
        let all = try TokenCorpus(name: name, text: tokenizer.encode(text), windowLength: length, family: family)
        return try windowLimit.map { try all.sliced(to: $0) } ?? all
    }

    func taking(_ step: Step) -> CorpusValue {
        CorpusValue(
            name: name, content: content, steps: steps + [step], windowLength: windowLength, windowLimit: windowLimit,
            isChat: isChat)
    }

    /// The tokenized forms that were asked for.
    private final class Cache: Sendable {
        private let held = Mutex<[String: TokenCorpus]>([:])
        func value(_ key: String) -> TokenCorpus? { held.withLock { $0[key] } }
        func keep(_ corpus: TokenCorpus, _ key: String) { held.withLock { $0[key] = corpus } }
    }
}

/// A running text of a corpus of several.
public struct CorpusText: Sendable, Hashable {
    /// The file's name.
    public let name: String
    /// What its windows are counted under.
    public let family: String
    public let text: String
}

/// One item of a corpus of JSON lines.
public struct CorpusItem: Sendable, Hashable {
    public let prompt: String
    public let family: String?
    public let variant: String?
    public let answer: String?
    public let wrong: String?
    public let corrupt: String?
    /// First tokens that count as right beside the answer's.
    public let accepted: [String]?

    /// The item as a model's tokens.
    /// - Parameter format: how prompts are put as messages; nil for as they stand.
    func tokens(_ tokenizer: any Tokenizer, as format: ChatFormat? = nil) throws -> TokenItem {
        func whole(_ prompt: String) throws -> [Int] {
            guard let format else { return tokenizer.encode(prompt) }
            do { return try format.tokens([ChatMessage(.user, prompt)], isAnswered: true) } catch {
                throw LanguageError(code: "corpus.chat", error.message, help: error.remedy)
            }
        }
        let inner = { (text: String) in tokenizer.encode(text, parsingSpecialTokens: false, addingBoundary: false) }
        return TokenItem(
            tokens: try whole(prompt), family: family, variant: variant, answer: answer.map(inner),
            wrong: wrong.map(inner), corrupt: try corrupt.map(whole),
            accepted: accepted.map { $0.compactMap { inner($0).first } })
    }
}

extension CorpusValue: SessionValue {
    public var typeName: String { "corpus" }

    public var members: [Member] {
        [
            Member("families", "the names of its families"),
            Member("family", "its items of one family: .family[\"ioi\"]"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "families": return .list(familyNames.map { .text($0) })
        case "family": return .object(CorpusFamilies(corpus: self))
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard indices.count == 1 else { throw LanguageError(.index, "a corpus takes one index", index: 1) }
        switch indices[0] {
        case .integer(let index): return .object(taking(.item(index)))
        case .slice(let start, let end, let by): return .object(taking(.slice(start, end, by)))
        case .text(let family): return .object(taking(.family(family)))
        default: throw LanguageError(.index, "a corpus takes a number, a slice or the name of a family")
        }
    }

    var familyNames: [String] {
        let all: [String]
        switch content {
        case .text: all = []
        case .texts(let texts): all = texts.map(\.family)
        case .items(let items): all = items.compactMap(\.family)
        }
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }
    }

    public func text(_ options: TextOptions) -> String {
        let windows = (windowLimit.map { "first \($0) " } ?? "") + "windows of \(windowLength) tokens"
        let size =
            switch content {
            case .text(let text): "\(NumberText.bytes(text.utf8.count)) of text, \(windows)"
            case .texts(let texts):
                "\(NumberText.bytes(texts.reduce(0) { $0 + $1.text.utf8.count })) in \(texts.count) texts, \(windows)"
            case .items(let items):
                "\(items.count) items" + (familyNames.isEmpty ? "" : " in \(familyNames.count) families")
            }
        return "corpus \(name) · \(size)" + steps.map { " · " + $0.text }.joined()
    }

    public var json: JSON {
        .fields([("name", .string(name)), ("steps", .array(steps.map { .string($0.text) }))])
    }

    public func absorb(into digest: inout ValueDigest) {
        if isChat { digest.mix("chat") }
        switch content {
        case .text(let text): digest.mix(text)
        case .texts(let texts):
            for text in texts {
                digest.mix(text.family)
                digest.mix(text.text)
            }
        case .items(let items):
            for item in items {
                let parts = [item.prompt, item.family, item.variant, item.answer, item.wrong, item.corrupt]
                for part in parts { digest.mix(part ?? "") }
                for accepted in item.accepted ?? [] { digest.mix(accepted) }
            }
        }
        for step in steps { digest.mix(step.text) }
        digest.mix(windowLength)
        digest.mix(windowLimit ?? 0)
    }
}

/// A corpus' families, by name.
struct CorpusFamilies: SessionValue {
    let corpus: CorpusValue

    var typeName: String { "families" }

    var keys: [String] { corpus.familyNames }

    func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard indices.count == 1, case .text(let name) = indices[0] else {
            throw LanguageError(.index, "a family is named by a text")
        }
        guard corpus.familyNames.contains(name) else {
            throw LanguageError(
                code: "corpus.family", "\(corpus.name) has no family \"\(name)\"", name: name,
                candidates: corpus.familyNames)
        }
        return .object(corpus.taking(.family(name)))
    }

    func text(_ options: TextOptions) -> String { corpus.familyNames.joined(separator: "  ") }
    var json: JSON { .array(corpus.familyNames.map { .string($0) }) }
    func absorb(into digest: inout ValueDigest) { corpus.absorb(into: &digest) }
}

extension CorpusValue.Step {
    var text: String {
        switch self {
        case .slice(let start, let end, let by):
            "[\(start.map(String.init) ?? ""):\(end.map(String.init) ?? "")\(by.map { ":\($0)" } ?? "")]"
        case .item(let index): "[\(index)]"
        case .family(let family): "family \(family)"
        }
    }
}
