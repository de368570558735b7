/// What may stand at a place in a script.
public enum Expectation: Sendable {
    /// A statement: a verb, a variable, a word of the language.
    case statement
    /// A value; after `=` and `(` also a verb.
    case value(allowsCalls: Bool)
    /// An argument for the parameter, if one is due, or one of the labels still free.
    case argument(Signature, Parameter?, labels: [Label])
    /// A member of the value that the path leads to.
    case member(of: String)
    /// The rest of a text, such as a file's name, of which this much is written.
    case text(String)
    /// Nothing that can be listed.
    case nothing
}

/// The question that the Tab key asks.
public struct Completion: Sendable {
    /// What may stand there.
    public let expectation: Expectation
    /// The part of the word that is written already; candidates begin with it.
    public let typed: String
    /// The bytes that a candidate replaces.
    public let span: Span

    /// Finds what may stand at a byte offset, reading only what is before it, however broken.
    public static func at(_ offset: Int, in source: SourceText, vocabulary: Vocabulary) -> Completion {
        let end = min(max(offset, 0), source.bytes.count)
        var start = end
        while start > 0, isPartOfWord(source.bytes[start - 1]) { start -= 1 }
        // A number's digits and an offset inside a character are no word.
        while start < end, !isLetter(source.bytes[start]) { start += 1 }
        let word = Span(start, end)
        var parser = Parser(SourceText(source.text(of: Span(0, start))), vocabulary: vocabulary)
        _ = parser.program()
        if case .text(let text)? = parser.expectation {
            let typed = text + source.text(of: word)
            return Completion(expectation: .text(typed), typed: typed, span: word)
        }
        let touches = start > 0 && [")", "]", "\"", "%"].contains(source.text(of: Span(start - 1, start)))
        let followsDigit = start > 0 && isPartOfWord(source.bytes[start - 1])
        if touches || followsDigit || isInComment(source, start) {
            return Completion(expectation: .nothing, typed: source.text(of: word), span: word)
        }
        return Completion(expectation: parser.expectation ?? .nothing, typed: source.text(of: word), span: word)
    }

    /// The candidates that the language itself knows, sorted; `variables` and `members` are the session's.
    public func candidates(
        vocabulary: Vocabulary, variables: [String], members: (String) -> [String]
    ) -> [String] {
        let verbs = vocabulary.signatures.map(\.name)
        let all: [String]
        switch expectation {
        case .statement:
            all = verbs + variables + Call.Prefix.allCases.map(\.rawValue) + Completion.statementWords
        case .value(let allowsCalls):
            all = variables + (allowsCalls ? verbs : [])
        case .argument(_, let parameter, let labels):
            all = Completion.words(for: parameter, verbs: verbs, variables: variables, vocabulary) + labels.map(\.name)
        case .member(let path): all = members(path)
        case .text, .nothing: all = []
        }
        return Set(all).filter { $0.hasPrefix(typed) }.sorted()
    }

    private static let statementWords = ["for", "if", "def", "with", "assert", "include"]

    private static func words(
        for parameter: Parameter?, verbs: [String], variables: [String], _ vocabulary: Vocabulary
    ) -> [String] {
        guard let parameter else { return [] }
        let each = parameter.each == .never ? [] : [ReservedWord.each.rawValue]
        switch parameter.shape {
        case .choice(let words): return each + words
        case .choiceOrAny(let words): return each + words + variables
        case .name: return verbs
        case .metric:
            return each + variables + vocabulary.signatures.filter { $0.category == .metric }.map(\.name)
        default: return each + variables
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// A text may hold a `#`, so the tokens decide: a comment is where the lexer stopped before the line's end.
    private static func isInComment(_ source: SourceText, _ offset: Int) -> Bool {
        let line = source.lineSpan(of: offset)
        let lexer = Lexer(SourceText(source.text(of: Span(0, offset))))
        let last = lexer.tokens.last { $0.kind != .newline && $0.kind != .end }?.span.end ?? 0
        return source.bytes[max(last, line.start)..<offset].contains(UInt8(ascii: "#"))
    }
}
