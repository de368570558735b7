/// The smallest piece of a script.
struct Token {
    enum Kind: Equatable {
        case word(String)
        case number(NumberLiteral)
        case text(String)
        case symbol(Symbol)
        case newline
        case end
    }

    enum Symbol: String, CaseIterable {
        case openParen = "(", closeParen = ")", openBracket = "[", closeBracket = "]", openBrace = "{"
        case closeBrace = "}"
        case comma = ",", dot = ".", colon = ":", semicolon = ";", assign = "="
        case equal = "==", unequal = "!=", lessOrEqual = "<=", less = "<", greaterOrEqual = ">=", greater = ">"
        case plus = "+", minus = "-", times = "*", divide = "/", rangeUpTo = "..<", rangeThrough = "..."

        var closer: Symbol? {
            switch self {
            case .openParen: .closeParen
            case .openBracket: .closeBracket
            case .openBrace: .closeBrace
            default: nil
            }
        }

        var isCloser: Bool { self == .closeParen || self == .closeBracket || self == .closeBrace }

        /// Longest first, so that `..<` is not read as a dot.
        static let bySpelling = allCases.map { ($0, Array($0.rawValue.utf8)) }.sorted { $0.1.count > $1.1.count }
    }

    let kind: Kind
    let span: Span
    /// Whether anything stands between it and the token before: what touches indexes, what does not is an argument.
    let isSpaced: Bool

    var word: String? {
        if case .word(let word) = kind { return word }
        return nil
    }

    func isSymbol(_ symbol: Symbol) -> Bool { kind == .symbol(symbol) }
}

/// The words that no variable and no command can have as its name.
public enum ReservedWord: String, CaseIterable, Sendable {
    case `for`, `in`, `if`, `else`, def, with, assert, include, each, and, or, not, `true`, `false`, nothing

    /// Words that end an argument because they continue an expression or a statement.
    static func endsArgument(_ word: String) -> Bool {
        switch ReservedWord(rawValue: word) {
        case .and, .or, .in, .else: true
        default: false
        }
    }
}
