import Documents
import Testing

@Suite struct JSONHostileInput {
    @Test(
        arguments: [
            ("", .truncated, 0), ("  ", .truncated, 2), ("[", .truncated, 1), ("[1", .truncated, 2),
            ("[1,", .truncated, 3),
            ("{", .truncated, 1), ("{\"a\"", .truncated, 4), ("{\"a\":", .truncated, 5), ("{\"a\":1", .truncated, 6),
            ("{\"a\":1,", .truncated, 7), ("\"abc", .truncated, 4), ("\"abc\\", .truncated, 5),
            ("\"\\u00", .truncated, 5), ("tru", .truncated, 3), ("-", .truncated, 0), ("1.", .truncated, 0),
            ("1e", .truncated, 0), ("[1,]", .unexpected, 3), ("{\"a\":1,}", .unexpected, 7), ("{a:1}", .unexpected, 1),
            ("{\"a\" 1}", .unexpected, 5), ("[1 2]", .unexpected, 3), ("truE", .unexpected, 3),
            ("nul]", .unexpected, 3),
            ("'a'", .unexpected, 0), ("+1", .unexpected, 0), (".5", .unexpected, 0), ("NaN", .unexpected, 0),
            ("Infinity", .unexpected, 0), ("]", .unexpected, 0), ("/* */1", .unexpected, 0), ("[1}", .unexpected, 2),
            ("1 2", .trailing, 2), ("{}{}", .trailing, 2), ("01", .truncated, 0), ("[01]", .malformedNumber, 1),
            ("[-]", .malformedNumber, 1), ("[1.]", .malformedNumber, 1), ("[1e+]", .malformedNumber, 1),
            ("[-01]", .malformedNumber, 1), ("1e400", .numberOutOfRange, 0),
            ("[-1e999999999999]", .numberOutOfRange, 1),
            ("{\"a\":1,\"a\":2}", .duplicateKey, 7), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey, 7),
            ("\"\\x\"", .invalidEscape, 2), ("\"\\u12G4\"", .invalidEscape, 5), ("\"\\uD800\"", .invalidEscape, 1),
            ("\"\\uDC00\"", .invalidEscape, 1), ("\"\\uD800\\n\"", .invalidEscape, 1),
            ("\"\\uD800\\u0041\"", .invalidEscape, 1), ("\"\\uD800\\uD800\"", .invalidEscape, 1),
            ("\"a\nb\"", .controlCharacter, 2), ("\"\\n\t\"", .controlCharacter, 3), ("\"\0\"", .controlCharacter, 1),
            ("\u{FEFF}1", .unexpected, 0),
        ] as [(String, JSONError.Code, Int)])
    func aMistakeIsNamedWithItsPlace(text: String, code: JSONError.Code, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
        #expect(error?.message.isEmpty == false)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func theLineIsCounted() {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: "{\n\"a\": 1,\n\"b\": ?\n}") }
        #expect(error?.line == 3)
        #expect(error?.description.hasPrefix("byte 15, line 3: '?' stands where a value was expected") == true)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
            [0xF8, 0x88],
        ] as [[UInt8]])
    func bytesThatAreNotUTF8AreRefused(bad: [UInt8]) {
        for prefix in [Array("[\"ok\u{E9}".utf8), Array("[\"\\n\u{E9}".utf8)] {
            let error = #expect(throws: JSONError.self) { try JSON(parsing: prefix + bad + Array("\"]".utf8)) }
            #expect(error?.code == .invalidUTF8)
            #expect(error?.offset == prefix.count)
        }
    }

    @Test func bytesOutsideStringsAreRefused() {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: [0x5B, 0xFF, 0x5D]) }
        #expect(error?.code == .unexpected)
        #expect(error?.message.contains("0xFF") == true)
    }

    @Test func deepNestingIsRefused() {
        for opening in ["[", "{\"a\":"] {
            let text = String(repeating: opening, count: 100_000)
            let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
            #expect(error?.code == .tooDeep)
            #expect(error?.offset == 128 * opening.utf8.count)
        }
    }

    @Test func duplicateKeysAreFoundInLargeObjects() {
        let members = (0..<1000).map { "\"k\($0)\":0" } + ["\"k500\":1"]
        let error = #expect(throws: JSONError.self) {
            try JSON(parsing: "{" + members.joined(separator: ",") + "}")
        }
        #expect(error?.code == .duplicateKey)
        #expect(error?.message.contains("\"k500\"") == true)
    }

    @Test func truncationsAndFlippedBitsNeverTrap() throws {
        let text = #"{"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00é"],"b":{"c":{}},"d":18446744073709551615}"#
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSON(parsing: Array(bytes[..<length])) }
        }
        for position in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << UInt8(bit)
                guard let json = try? JSON(parsing: damaged) else { continue }
                #expect(try JSON(parsing: json.utf8()) == json)
            }
        }
    }
}
