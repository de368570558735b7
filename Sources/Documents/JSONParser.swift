/// A strict parser over bytes: RFC 8259, with duplicate keys, deep nesting and inexact text refused.
///
/// - Complexity: O(n) in the number of bytes.
struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    var position = 0
    private var depth = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw failure(
                .unexpected, at: 0, "a byte order mark stands before the document", "remove the first three bytes")
        }
        let value = try value()
        skipSpace()
        guard position == bytes.count else {
            throw failure(
                .trailing, at: position, "something follows the end of the document", "keep one document a file")
        }
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        guard let byte = peek() else { throw truncated("a value") }
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return leave(.object(object)) }
        while true {
            skipSpace()
            let start = position
            guard let quote = peek() else { throw truncated("a key") }
            guard quote == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw missing("':' after a key") }
            guard object.append(key, try value()) else {
                throw failure(
                    .duplicateKey, at: start, "the key \(JSON.string(key)) stands twice in one object",
                    "remove one of the two members")
            }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw missing("',' or '}' in an object") }
            return leave(.object(object))
        }
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return leave(.array(elements)) }
        while true {
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw missing("',' or ']' in an array") }
            return leave(.array(elements))
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard let byte = peek() else { throw truncated("'\(word)'") }
            guard byte == word.utf8Start[index] else { throw unexpected("'\(word)'") }
            position += 1
        }
        return value
    }

    /// Steps over the opening bracket.
    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= JSON.depthLimit else {
            throw failure(
                .tooDeep, at: position, "values are nested deeper than \(JSON.depthLimit) levels",
                "flatten the document")
        }
        position += 1
    }

    private mutating func leave(_ value: JSON) -> JSON {
        depth -= 1
        return value
    }

    func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}

extension JSONParser {
    func failure(_ code: JSONError.Code, at offset: Int, _ message: String, _ remedy: String) -> JSONError {
        let newlines = bytes[..<min(offset, bytes.count)].count { $0 == 0x0A }
        return JSONError(code: code, offset: offset, line: newlines + 1, message: message, remedy: remedy)
    }

    func truncated(_ expected: String) -> JSONError {
        failure(
            .truncated, at: bytes.count, "the document ends where \(expected) was expected",
            "check that the file is complete")
    }

    func unexpected(_ expected: String) -> JSONError {
        let byte = bytes[position]
        let shown =
            byte > 0x20 && byte < 0x7F
            ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
        return failure(
            .unexpected, at: position, "\(shown) stands where \(expected) was expected", "correct the document there")
    }

    func missing(_ expected: String) -> JSONError {
        position < bytes.count ? unexpected(expected) : truncated(expected)
    }
}
