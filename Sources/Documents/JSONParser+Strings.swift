extension JSONParser {
    /// Reads a string; `position` is at the opening quote.
    mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = try text(bytes[start..<position], startingAt: start)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw controlCharacter() }
            position += 1
        }
        throw truncated("the closing quote of a string")
    }

    /// Reads on from the first backslash, with the decoded bytes in a buffer of their own.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var decoded = Array(try text(bytes[start..<position], startingAt: start).utf8)
        var plainStart = position
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                if byte < 0x20 { throw controlCharacter() }
                position += 1
                continue
            }
            decoded.append(contentsOf: try text(bytes[plainStart..<position], startingAt: plainStart).utf8)
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: decoded, as: UTF8.self) }
            decoded.append(contentsOf: String(Character(try escape())).utf8)
            plainStart = position
        }
        throw truncated("the closing quote of a string")
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = peek() else { throw truncated("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            throw failure(
                .invalidEscape, at: position - 1, "a backslash is followed by no escape that JSON knows",
                "write \\\\ for a backslash")
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position - 2
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let lone = failure(
            .invalidEscape, at: start, "half of a surrogate pair stands alone",
            "write both halves, or the character itself")
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw lone }
        position += 2
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw lone }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek() else { throw truncated("four hexadecimal digits") }
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure(
                    .invalidEscape, at: position, "\\u is not followed by four hexadecimal digits",
                    "write four digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func controlCharacter() -> JSONError {
        failure(
            .controlCharacter, at: position, "a control character stands unescaped in a string",
            "escape it, for example as \\n or \\u0009")
    }

    private func text(_ slice: Slice<UnsafeRawBufferPointer>, startingAt start: Int) throws(JSONError) -> String {
        let characters = UnsafeRawBufferPointer(rebasing: slice).assumingMemoryBound(to: UInt8.self)
        if let text = String(validating: characters, as: UTF8.self) { return text }
        var offset = start
        var decoder = UTF8()
        var iterator = characters.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        throw failure(.invalidUTF8, at: offset, "a string is not UTF-8", "save the file as UTF-8")
    }
}
