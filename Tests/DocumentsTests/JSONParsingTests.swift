import Documents
import Testing

@Suite struct JSONParsing {
    @Test func readsEveryKindOfValue() throws {
        let json = try JSON(parsing: " {\"a\": [null, true, false, -12, 0.5, \"x\"], \"b\": {}, \"c\": []}\r\n\t")
        #expect(json["a"] == [nil, true, false, -12, 0.5, "x"])
        #expect(json["b"] == [:])
        #expect(json["c"] == [])
        #expect(json["d"] == nil)
        #expect(json["a"]?[3]?.asInteger == -12)
        #expect(json["a"]?[6] == nil)
        #expect(json["a"]?[-1] == nil)
    }

    @Test func keepsTheOrderOfMembers() throws {
        let keys = (0..<100).map { "key\(($0 * 37) % 100)" }
        let text = "{" + keys.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        #expect(try JSON(parsing: text).asObject?.keys == keys)
    }

    @Test func integersOfSixtyFourBitsAreExact() throws {
        let json = try JSON(
            parsing: "[9223372036854775807, -9223372036854775808, 18446744073709551615, 9007199254740993]")
        #expect(json[0]?.asInteger == Int.max)
        #expect(json[1]?.asInteger == Int.min)
        #expect(json[2]?.asInteger == nil)
        #expect(json[2]?.asNumber?.unsignedInteger == UInt64.max)
        #expect(json[3]?.asInteger == 9_007_199_254_740_993)
        #expect(json.printed() == "[9223372036854775807,-9223372036854775808,18446744073709551615,9007199254740993]")
    }

    @Test func largerIntegersAreRoundedToDoubles() throws {
        // The value that tokenizer configurations write for "no limit".
        let json = try JSON(parsing: "1000000000000000019884624838656")
        #expect(json.asDouble == 1e30)
        #expect(json.asInteger == nil)
    }

    @Test func integralDoublesAreIntegersToo() throws {
        let json = try JSON(parsing: "[1e4, 10000.0, 0.5, 1e300]")
        #expect(json.asArray?.map(\.asInteger) == [10000, 10000, nil, nil])
    }

    @Test(arguments: [
        ("0.1", 0.1), ("-0.0", -0.0), ("-0", -0.0), ("1E+2", 100), ("5e-324", Double.leastNonzeroMagnitude),
        ("1e-400", 0),
        ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("123456789.123456789", 123456789.123456789),
    ])
    func doublesAreReadToTheBit(text: String, value: Double) throws {
        #expect(try JSON(parsing: text).asDouble?.bitPattern == value.bitPattern)
    }

    @Test func escapesAreDecoded() throws {
        let json = try JSON(parsing: #""a\"\\\/\b\f\n\r\t\u0041\u00e9\uD83D\ude00\u0000z""#)
        #expect(json == "a\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{1F600}\0z")
    }

    @Test func stringsAreComparedByTheirBytes() throws {
        let json = try JSON(parsing: "{\"\u{E9}\": 1, \"e\u{301}\": 2}")
        #expect(json.asObject?.count == 2)
        #expect(json["\u{E9}"] == 1)
        #expect(json["e\u{301}"] == 2)
        #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
    }

    @Test func objectsAreEqualWhateverTheirOrder() throws {
        let left = try JSON(parsing: #"{"a":1,"b":[2,{"c":3,"d":4}]}"#)
        let right = try JSON(parsing: #"{"b":[2,{"d":4,"c":3}],"a":1}"#)
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != (try JSON(parsing: #"{"b":[2,{"d":4,"c":5}],"a":1}"#)))
    }

    @Test func nestingOf128LevelsIsRead() throws {
        let json = try JSON(parsing: String(repeating: "[", count: 128) + String(repeating: "]", count: 128))
        #expect(json.printed().utf8.count == 256)
    }

    @Test func aVocabularyOfThirtyMegabytesIsReadInLinearTime() throws {
        var text = "{\"vocab\":{"
        for id in 0..<200_000 { text += "\(id == 0 ? "" : ",")\"\u{120}token\(id)\":\(id)" }
        text += "},\"merges\":["
        for id in 0..<450_000 {
            text += "\(id == 0 ? "" : ",")[\"\u{120}left\(id)\",\"\u{10A}right and more to read\(id)\"]"
        }
        text += "]}"
        let bytes = Array(text.utf8)
        #expect(bytes.count > 25_000_000)
        let clock = ContinuousClock()
        var json: JSON = nil
        let time = try clock.measure { json = try JSON(parsing: bytes) }
        #expect(json["vocab"]?["\u{120}token199999"] == 199_999)
        #expect(json["merges"]?.asArray?.count == 450_000)
        // Far above what it takes, to stay true on a busy machine.
        #expect(time < .seconds(10))
    }
}
