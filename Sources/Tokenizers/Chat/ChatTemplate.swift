/// One message of a chat.
public struct ChatMessage: Sendable, Hashable {
    /// Who speaks.
    public enum Speaker: String, Sendable, Hashable {
        case system, user, assistant
    }

    public let speaker: Speaker
    public let text: String

    public init(_ speaker: Speaker, _ text: String) {
        self.speaker = speaker
        self.text = text
    }
}

/// A way of writing a chat as a model was trained to read it.
///
/// Published templates are programs in Jinja. They are not run here: the known ones are told apart by the marks that their
/// text holds, and each is written out in Swift.
public struct ChatTemplate: Sendable {
    /// What a template's text and the vocabulary say beside the messages.
    public struct Setting: Sendable {
        /// The template as the checkpoint has it; empty where it has none.
        public let source: String
        /// How the marks are spelled that begin and end a text.
        public let begin: String
        public let end: String

        public init(source: String, begin: String, end: String) {
            (self.source, self.begin, self.end) = (source, begin, end)
        }
    }

    /// How it is called, such as `harmony`.
    public let name: String
    /// Whether a template's text is this one's.
    let isWritten: @Sendable (_ source: String) -> Bool
    /// The messages, and the head of the reply that is to come.
    public let render: @Sendable (_ messages: [ChatMessage], _ setting: Setting) throws(ChatError) -> String
    /// What stands between the head of a reply and an answer that is given without thinking first.
    public let answerLead: @Sendable (_ source: String) -> String
    /// Marks after which a reply is over; empty where those that the vocabulary names are right.
    let ends: [String]
    /// The answer that a reply holds, and the thoughts before it.
    public let parse: @Sendable (_ reply: String) -> ChatReply

    init(
        name: String, isWritten: @escaping @Sendable (String) -> Bool,
        render: @escaping @Sendable ([ChatMessage], Setting) throws(ChatError) -> String,
        answerLead: @escaping @Sendable (String) -> String = { _ in "" }, ends: [String] = [],
        parse: @escaping @Sendable (String) -> ChatReply = { ChatReply(thoughts: "", answer: $0) }
    ) {
        self.name = name
        self.isWritten = isWritten
        self.render = render
        self.answerLead = answerLead
        self.ends = ends
        self.parse = parse
    }

    /// The template that a text is; nil if it is none of the known ones.
    public static func known(_ source: String) -> ChatTemplate? { all.first { $0.isWritten(source) } }

    /// The known templates; of several whose marks a text holds, the first.
    public static let all: [ChatTemplate] = [harmony, llama3, chatML, instruct, turns, messages]
}

/// What a model said.
public struct ChatReply: Sendable, Hashable {
    /// What it thought before, where it told.
    public let thoughts: String
    public let answer: String

    public init(thoughts: String, answer: String) {
        (self.thoughts, self.answer) = (thoughts, answer)
    }
}

/// Why a chat cannot be written.
public struct ChatError: Error, Hashable {
    public let message: String
    public let remedy: String
}

/// A checkpoint's way of writing chats: a known template with what its own text says.
public struct ChatFormat: Sendable {
    public let template: ChatTemplate
    private let source: String
    private let tokenizer: any Tokenizer

    /// Finds the template that a text is; without a text, the one that the vocabulary's marks speak for.
    /// - Throws: `ChatError` naming the known templates.
    public init(source: String?, tokenizer: any Tokenizer) throws(ChatError) {
        let known = ChatTemplate.all
        let names = known.map(\.name).joined(separator: ", ")
        if let source, !source.isEmpty {
            guard let template = ChatTemplate.known(source) else {
                throw ChatError(
                    message: "the checkpoint's chat template is none of the known ones",
                    remedy: "known are \(names); write the marks into the text and use generate")
            }
            (self.template, self.source, self.tokenizer) = (template, source, tokenizer)
            return
        }
        guard ["<|start|>", "<|message|>", "<|end|>"].allSatisfy({ tokenizer.vocabulary.id(ofSpelling: $0) != nil })
        else {
            throw ChatError(
                message: "the checkpoint has no chat template",
                remedy: "use generate; templates that would be known are \(names)")
        }
        (template, self.source, self.tokenizer) = (.messages, "", tokenizer)
    }

    /// The text of a chat, up to where the reply begins.
    /// - Parameter isAnswered: whether an answer without thoughts follows.
    /// - Throws: `ChatError` for messages that the template has no place for.
    public func text(_ messages: [ChatMessage], isAnswered: Bool = false) throws(ChatError) -> String {
        let vocabulary = tokenizer.vocabulary
        func spelling(_ id: Int?) -> String { id.flatMap { try? vocabulary.spelling(of: $0) } ?? "" }
        let setting = ChatTemplate.Setting(
            source: source, begin: spelling(vocabulary.bos), end: spelling(vocabulary.eos))
        return try template.render(messages, setting) + (isAnswered ? template.answerLead(source) : "")
    }

    /// The ids of a chat, up to where the reply begins.
    ///
    /// A template writes the mark that begins a text itself, so none is put before it.
    /// - Throws: `ChatError`, also for a message in which the tokenizer finds marks: they would pass for the template's own.
    public func tokens(_ messages: [ChatMessage], isAnswered: Bool = false) throws(ChatError) -> [Int] {
        for message in messages {
            let asMarks = tokenizer.encode(message.text, parsingSpecialTokens: true, addingBoundary: false)
            let asText = tokenizer.encode(message.text, parsingSpecialTokens: false, addingBoundary: false)
            guard asMarks == asText else {
                throw ChatError(
                    message:
                        "the \(message.speaker.rawValue)'s message holds marks that the tokenizer takes for its own",
                    remedy: "write them apart, or use generate with the whole text")
            }
        }
        return tokenizer.encode(
            try text(messages, isAnswered: isAnswered), parsingSpecialTokens: true, addingBoundary: false)
    }

    /// The ids after which a reply is over.
    public var ends: [Int] {
        let own = template.ends.compactMap { tokenizer.vocabulary.id(ofSpelling: $0) }
        return own.isEmpty ? tokenizer.vocabulary.endOfGeneration : own
    }

    /// What a reply says.
    public func reply(_ text: String) -> ChatReply { template.parse(text) }
}
