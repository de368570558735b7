/// Cuts a script into tokens. Total: whatever the bytes, it reaches the end and reports what it could not read.
struct Lexer {
    let source: SourceText
    private(set) var tokens: [Token] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// Brackets that are still open, by their opening sign.
    private(set) var open: [(symbol: Token.Symbol, span: Span)] = []
    /// Where a text starts that the script never closes.
    private(set) var openText: Span?
    private var offset = 0
    private var isSpaced = true

    init(_ source: SourceText) {
        self.source = source
        if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        while let byte = peek() { next(byte) }
        if let openText {
            report(.unclosed, "this text is never closed", openText, help: "close it with \"")
        }
        for bracket in open {
            report(.unclosed, "this \(bracket.symbol.rawValue) is never closed", bracket.span)
        }
        if case .newline? = tokens.last?.kind {} else { emit(.newline, from: offset) }
        emit(.end, from: offset)
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        offset + ahead < source.bytes.count ? source.bytes[offset + ahead] : nil
    }

    private mutating func emit(_ kind: Token.Kind, from start: Int) {
        tokens.append(Token(kind: kind, span: Span(start, offset), isSpaced: isSpaced))
        isSpaced = false
    }

    private mutating func report(_ code: ErrorCode, _ message: String, _ span: Span, help: String? = nil) {
        diagnostics.append(Diagnostic(.syntax, code, message, in: source, at: span, help: help))
    }

    private mutating func next(_ byte: UInt8) {
        let start = offset
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            offset += 1
            isSpaced = true
        case UInt8(ascii: "#"):
            while let byte = peek(), byte != UInt8(ascii: "\n") { offset += 1 }
            isSpaced = true
        case UInt8(ascii: "\n"):
            offset += 1
            // Inside ( and [ a line end is only space; inside { it separates statements.
            let endsStatement = open.last.map { $0.symbol == .openBrace } ?? true
            if endsStatement { emit(.newline, from: start) }
            isSpaced = true
        case UInt8(ascii: "\""):
            lexText()
        case _ where byte.isDigit:
            lexNumber()
        case _ where byte.startsName:
            lexWord()
            emit(.word(source.text(of: Span(start, offset))), from: start)
        default:
            if !lexSymbol() { lexUnknown() }
        }
    }

    private mutating func lexWord() {
        while let byte = peek() {
            if byte.continuesName {
                offset += 1
            } else if byte == UInt8(ascii: "-"), peek(1)?.isLetter == true {
                offset += 2
            } else {
                return
            }
        }
    }

    private mutating func lexSymbol() -> Bool {
        let rest = source.bytes[offset...]
        guard let (symbol, spelling) = Token.Symbol.bySpelling.first(where: { rest.starts(with: $0.1) }) else {
            return false
        }
        let start = offset
        offset += spelling.count
        if symbol.closer != nil {
            emit(.symbol(symbol), from: start)
            open.append((symbol, Span(start, offset)))
            return true
        }
        if symbol.isCloser {
            if let last = open.last, last.symbol.closer == symbol {
                open.removeLast()
            } else {
                let labels = open.last.map { [Diagnostic.Label($0.span, "the innermost open bracket")] } ?? []
                diagnostics.append(
                    Diagnostic(
                        .syntax, .unclosed, "this \(symbol.rawValue) closes nothing", in: source,
                        at: Span(start, offset), labels: labels))
                isSpaced = true
                return true
            }
        }
        emit(.symbol(symbol), from: start)
        return true
    }

    /// Digits, a fraction where a digit follows the point (so that `0...12` is a range), an exponent, a unit.
    private mutating func lexNumber() {
        let start = offset
        skipDigits()
        if peek() == UInt8(ascii: "."), peek(1)?.isDigit == true {
            offset += 1
            skipDigits()
        }
        if let mark = peek(), mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            let hasSign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
            if peek(hasSign ? 2 : 1)?.isDigit == true {
                offset += hasSign ? 2 : 1
                skipDigits()
            }
        }
        let digits = source.text(of: Span(start, offset)).filter { $0 != "_" }
        let unitStart = offset
        if peek() == UInt8(ascii: "%") { offset += 1 } else { while peek()?.continuesName == true { offset += 1 } }
        let spelling = source.text(of: Span(unitStart, offset))
        let suffix = UnitSuffix(rawValue: spelling)
        if !spelling.isEmpty, suffix == nil {
            let units = UnitSuffix.allCases.map(\.rawValue)
            report(
                .spelling, "no unit is called \"\(spelling)\"", Span(unitStart, offset),
                help: Spelling.suggestion(for: spelling, among: units) ?? "units are \(units.joined(separator: " "))")
        }
        var literal = NumberLiteral(magnitude: Double(digits) ?? 0, suffix: suffix)
        if !literal.number.value.isFinite {
            report(.spelling, "this number is too large", Span(start, offset))
            literal = NumberLiteral(magnitude: 0, suffix: suffix)
        }
        emit(.number(literal), from: start)
    }

    private mutating func skipDigits() {
        while let byte = peek(), byte.isDigit || (byte == UInt8(ascii: "_") && peek(1)?.isDigit == true) { offset += 1 }
    }

    /// A character that begins no token; typographic quotes and signs get advice, since editors insert them.
    private mutating func lexUnknown() {
        let start = offset
        offset += 1
        while let byte = peek(), byte & 0xC0 == 0x80 { offset += 1 }
        let character = source.text(of: Span(start, offset))
        let help: String? =
            switch character {
            case "“", "”", "„", "‘", "’", "'": "texts stand between straight double quotes"
            case "−", "–", "—": "write - for minus"
            case "…": "write ... for a range"
            case "|", "$", "`", "@", "&": "a command is a line of words: verb argument label argument"
            default: nil
            }
        // One message for a run of rubbish is enough.
        if diagnostics.last?.span.end != start || diagnostics.last?.code != ErrorCode.spelling.rawValue {
            let isPlain = character.unicodeScalars.allSatisfy { $0.value > 32 && !(127..<160).contains($0.value) }
            let shown = isPlain ? "\"\(character)\"" : "a control character"
            report(.spelling, "\(shown) is not part of the language", Span(start, offset), help: help)
        } else if let last = diagnostics.popLast() {
            report(
                .spelling, "these characters are not part of the language", last.span.joined(Span(start, offset)),
                help: last.help)
        }
        isSpaced = true
    }

    private mutating func lexText() {
        let start = offset
        offset += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            offset += 1
            if byte == UInt8(ascii: "\"") {
                emit(.text(String(decoding: bytes, as: UTF8.self)), from: start)
                return
            }
            if byte == UInt8(ascii: "\\") { bytes += lexEscape() } else { bytes.append(byte) }
        }
        openText = Span(start, min(start + 1, offset))
        emit(.text(String(decoding: bytes, as: UTF8.self)), from: start)
    }

    /// What follows a backslash: n t r 0 " \ or u{hexadecimal scalar}.
    private mutating func lexEscape() -> [UInt8] {
        let start = offset - 1
        guard let byte = peek() else { return [] }
        offset += 1
        switch byte {
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "0"): return [0]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [byte]
        case UInt8(ascii: "u") where peek() == UInt8(ascii: "{"):
            let digitsStart = offset + 1
            repeat { offset += 1 } while peek()?.isHexadecimal == true
            let digits = source.text(of: Span(digitsStart, offset))
            if peek() == UInt8(ascii: "}") {
                offset += 1
                if let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) {
                    return Array(String(Character(scalar)).utf8)
                }
            }
            report(.spelling, "this is no Unicode scalar", Span(start, offset), help: "write \\u{1F642}")
        default:
            while let byte = peek(), byte & 0xC0 == 0x80 { offset += 1 }
            report(
                .spelling, "no escape is written so", Span(start, offset),
                help: "escapes are \\n \\t \\r \\0 \\\" \\\\ and \\u{…}")
        }
        return []
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
    fileprivate var isHexadecimal: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
    fileprivate var startsName: Bool { isLetter || self == UInt8(ascii: "_") }
    fileprivate var continuesName: Bool { startsName || isDigit }
}
