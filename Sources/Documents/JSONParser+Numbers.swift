extension JSONParser {
    /// Reads a number; `position` is at its sign or first digit.
    mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        let isNegative = peek() == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var magnitude: UInt64 = 0
        var fits = true
        let digitsStart = position
        while let byte = peek(), let digit = Self.digit(byte) {
            let (tens, over) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, overAgain) = tens.addingReportingOverflow(UInt64(digit))
            fits = fits && !over && !overAgain
            magnitude = sum
            position += 1
        }
        if position == digitsStart { throw malformed(start, "has no digit before its fraction") }
        if position > digitsStart + 1, bytes[digitsStart] == UInt8(ascii: "0") {
            throw malformed(start, "begins with a zero")
        }
        let isInteger = try skipFractionAndExponent(of: start)
        if isInteger, fits, let exact = Self.integer(magnitude, isNegative: isNegative) { return exact }
        return .floating(try double(from: start))
    }

    /// Steps over `.digits` and `e±digits`; says whether neither is there.
    private mutating func skipFractionAndExponent(of start: Int) throws(JSONError) -> Bool {
        var isInteger = true
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard skipDigits() else { throw malformed(start, "has no digit after its point") }
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() else { throw malformed(start, "has no digit in its exponent") }
        }
        return isInteger
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = peek(), Self.digit(byte) != nil { position += 1 }
        return position > start
    }

    private func double(from start: Int) throws(JSONError) -> Double {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text) else { throw malformed(start, "cannot be read") }
        guard value.isFinite else {
            throw failure(
                .numberOutOfRange, at: start, "a number is larger than a double can hold",
                "write it as a string, or smaller")
        }
        return value
    }

    private func malformed(_ start: Int, _ reason: String) -> JSONError {
        failure(
            position < bytes.count ? .malformedNumber : .truncated, at: start, "a number \(reason)",
            "write it as JSON does, for example -0.5e3")
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? byte - UInt8(ascii: "0") : nil
    }

    private static func integer(_ magnitude: UInt64, isNegative: Bool) -> JSONNumber? {
        guard isNegative else { return JSONNumber(magnitude) }
        // Negative zero has no integer; it stays a double so that it prints as it was read.
        if magnitude == 0 { return nil }
        if magnitude == 1 << 63 { return .signed(.min) }
        return Int64(exactly: magnitude).map { .signed(-$0) }
    }
}
