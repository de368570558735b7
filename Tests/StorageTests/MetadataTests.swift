import Storage
import Testing

@Suite struct MetadataTests {
    @Test func assigningKeepsPlaceAndOrder() {
        var metadata = Metadata()
        for (index, key) in ["a", "b", "c"].enumerated() { metadata[key] = .uint32(UInt32(index)) }
        metadata["b"] = .string("two")
        #expect(metadata.keys == ["a", "b", "c"])
        metadata["a"] = nil
        metadata["absent"] = nil
        metadata["d"] = .bool(true)
        #expect(metadata.keys == ["b", "c", "d"])
        #expect(metadata["c"]?.integer == 2 && metadata["b"]?.text == "two" && metadata["d"]?.boolean == true)
    }

    @Test func arraysHoldWhatTheyWereMadeOf() {
        #expect(MetadataArray(["", "ä", "b c"]).strings() == ["", "ä", "b c"])
        #expect(MetadataArray([Int32](-3...3)).integers() == Array(-3...3))
        #expect(MetadataArray([Float](arrayLiteral: 0.5, -2)).floats() == [0.5, -2])
        #expect(MetadataArray([true, false]).booleans() == [true, false])
        let wide = MetadataArray(.uint64, [.uint64(.max), .uint64(1)])
        #expect(wide?[0] == .uint64(.max) && wide?.integers() == nil && wide?[2] == nil && wide?[-1] == nil)
        #expect(MetadataArray(.uint32, [.uint32(1), .int32(1)]) == nil)
        #expect(MetadataArray(.string, [.string("a")]) == nil)
        #expect(MetadataArray(["1"]).integers() == nil && MetadataArray([Int32(1)]).strings() == nil)
    }

    @Test func numbersReadAsEachOther() {
        #expect(MetadataValue.uint8(200).integer == 200 && MetadataValue.int64(-5).float == -5)
        #expect(MetadataValue.uint64(.max).integer == nil && MetadataValue.uint64(.max).float == 0x1p64)
        #expect(MetadataValue.float32(0.5).integer == nil && MetadataValue.string("1").integer == nil)
    }
}
