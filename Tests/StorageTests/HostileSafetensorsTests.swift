import Foundation
import Storage
import Tensors
import TestSupport
import Testing

@Suite struct HostileSafetensorsTests {
    /// A header and as many bytes of data, and how they are refused.
    struct Lie: CustomTestStringConvertible {
        let testDescription: String
        let kind: StorageError.Kind
        let bytes: [UInt8]

        init(_ name: String, _ kind: StorageError.Kind, _ header: String, data: Int, length: UInt64? = nil) {
            testDescription = name
            self.kind = kind
            bytes = HostileSafetensorsTests.file(Array(header.utf8), data: data, length: length)
        }
    }

    static func file(_ header: [UInt8], data: Int, length: UInt64? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { bytes.append(contentsOf: $0) }
        return bytes + header + [UInt8](repeating: 0, count: data)
    }

    private static func entry(_ begin: Int, _ end: Int, type: String = "F32", shape: String = "[2]") -> String {
        #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
    }

    static let lies: [Lie] = [
        Lie("a header of 2^64 - 1 bytes", .malformed, "{}", data: 0, length: .max),
        Lie("a header above the limit", .malformed, "{}", data: 0, length: 100_000_001),
        Lie("a header beyond the end", .truncated, "{}", data: 0, length: 3),
        Lie("no header", .malformed, "", data: 4, length: 0),
        Lie("a header that begins with a space", .malformed, " {}", data: 0),
        Lie("an array", .malformed, "[]", data: 0),
        Lie("half a header", .malformed, #"{"a":"#, data: 0),
        Lie("something behind the header", .malformed, "{}x", data: 0),
        Lie("a tensor that stands twice", .duplicate, #"{"a":\#(entry(0, 8)),"a":\#(entry(0, 8))}"#, data: 8),
        Lie("a tensor that is a number", .malformed, #"{"a":1}"#, data: 0),
        Lie("no dtype", .malformed, #"{"a":{"shape":[],"data_offsets":[0,4]}}"#, data: 4),
        Lie("an unknown dtype", .unknownType, #"{"a":\#(entry(0, 8, type: "F33"))}"#, data: 8),
        Lie("a dtype in lower case", .unknownType, #"{"a":\#(entry(0, 8, type: "u64", shape: "[1]"))}"#, data: 8),
        Lie("no shape", .malformed, #"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, data: 4),
        Lie("a negative length", .malformed, #"{"a":\#(entry(0, 8, shape: "[-2]"))}"#, data: 8),
        Lie("a length with a fraction", .malformed, #"{"a":\#(entry(0, 8, shape: "[2.0]"))}"#, data: 8),
        Lie("a length of 2^64 - 1", .malformed, #"{"a":\#(entry(0, 8, shape: "[18446744073709551615]"))}"#, data: 8),
        Lie("a shape that overflows", .malformed, #"{"a":\#(entry(0, 8, shape: "[4294967296,4294967296]"))}"#, data: 8),
        Lie("bits that overflow", .malformed, #"{"a":\#(entry(0, 8, shape: "[4611686018427387904]"))}"#, data: 8),
        Lie("a shape that its bytes do not hold", .malformed, #"{"a":\#(entry(0, 8, shape: "[3]"))}"#, data: 8),
        Lie("half a byte", .malformed, #"{"a":\#(entry(0, 1, type: "F4", shape: "[3]"))}"#, data: 1),
        Lie("an end before its begin", .malformed, #"{"a":\#(entry(8, 0))}"#, data: 8),
        Lie("three offsets", .malformed, #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}"#, data: 1),
        Lie("a hole at the beginning", .layout, #"{"a":\#(entry(4, 12))}"#, data: 12),
        Lie("a hole", .layout, #"{"a":\#(entry(0, 8)),"b":\#(entry(12, 20))}"#, data: 20),
        Lie("an overlap", .layout, #"{"a":\#(entry(0, 8)),"b":\#(entry(4, 12))}"#, data: 12),
        Lie("two tensors at one place", .layout, #"{"a":\#(entry(0, 8)),"b":\#(entry(0, 8))}"#, data: 8),
        Lie("bytes behind the last tensor", .layout, #"{"a":\#(entry(0, 8))}"#, data: 9),
        Lie("data beyond the end", .truncated, #"{"a":\#(entry(0, 8))}"#, data: 7),
        Lie(
            "offsets beyond all bounds", .malformed,
            #"{"a":\#(entry(9_223_372_036_854_775_799, .max))}"#, data: 8),
        Lie("metadata that are an array", .malformed, #"{"__metadata__":[]}"#, data: 0),
        Lie("metadata with a number", .malformed, #"{"__metadata__":{"a":1}}"#, data: 0),
        Lie("nesting without end", .malformed, String(repeating: #"{"a":"#, count: 10_000), data: 0),
    ]

    @Test(arguments: lies) func liesAreRefused(lie: Lie) throws {
        let error = try #require(errorOfSafetensors(lie.bytes))
        #expect(error.kind == lie.kind, "\(error)")
        expectHelpful(error)
    }

    @Test func refusalsPointAtTheTensor() throws {
        let header = #"{"good":\#(Self.entry(0, 8)),"bad":\#(Self.entry(8, 16, shape: "[3]"))}"#
        let error = try #require(errorOfSafetensors(Self.file(Array(header.utf8), data: 16)))
        #expect(error.item == "bad")
        let before = try #require(header.range(of: #""bad""#))
        #expect(error.offset == 8 + header[..<before.lowerBound].utf8.count)
    }

    @Test func invalidUTF8IsRefused() throws {
        let header = Array(#"{""#.utf8) + [0xFF] + Array(#"":1}"#.utf8)
        let error = try #require(errorOfSafetensors(Self.file(header, data: 0)))
        #expect(error.kind == .malformed)
        expectHelpful(error)
    }

    @Test func soundFilesMadeByHandAreRead() {
        for header in ["{}", "{}      ", #"{"s":\#(Self.entry(0, 4, shape: "[]"))}"#] {
            #expect(errorOfSafetensors(Self.file(Array(header.utf8), data: header.contains("s") ? 4 : 0)) == nil)
        }
        let six = Self.entry(0, 3, type: "F6_E2M3", shape: "[2,2]")
        let packed = #"{"f":\#(six),"n":\#(Self.entry(0, 0, shape: "[0,9]"))}"#
        #expect(errorOfSafetensors(Self.file(Array(packed.utf8), data: 3)) == nil)
    }

    @Test func headersThatAreWrittenUnusuallyMeanTheSame() throws {
        let usual = #"{"__metadata__":{"k":"v"},"b":\#(Self.entry(8, 16)),"a":\#(Self.entry(0, 8))}"#
        let unusual = [
            usual.replacingOccurrences(of: #""a""#, with: #""\u0061""#),
            usual.replacingOccurrences(of: #""dtype""#, with: #""note":[1.5,null],"dtype""#),
            usual.replacingOccurrences(of: ":", with: " :\t").replacingOccurrences(of: ",", with: " ,\n"),
            usual + "   ",
        ]
        let expected = try SafetensorsReader.read(MemorySource(Self.file(Array(usual.utf8), data: 16)), name: "usual")
        #expect(expected.tensors.map(\.name) == ["a", "b"])
        for header in unusual {
            let bytes = Self.file(Array(header.utf8), data: 16)
            let file = try SafetensorsReader.read(MemorySource(bytes), name: "unusual")
            #expect(file.tensors.map(\.name) == ["a", "b"])
            #expect(file.tensors.map(\.shape) == expected.tensors.map(\.shape))
            #expect(file.texts.map(\.key) == ["k"] && file.texts.map(\.value) == ["v"])
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try contents(of: ContainerContents.path("every-type.safetensors"))
        for length in 0..<bytes.count {
            guard let error = errorOfSafetensors(Array(bytes.prefix(length))), error.offset != nil, error.remedy != nil
            else {
                Issue.record("\(length) of \(bytes.count) bytes")
                return
            }
        }
    }

    @Test(arguments: 0..<2) func damagedBytesNeverTrap(round: Int) throws {
        let sound = try contents(of: ContainerContents.path("every-type.safetensors"))
        let header = try #require(Archive.open(ContainerContents.path("every-type.safetensors")).tensors.first).offset
        let random = KeyedRandom(seed: 2, purpose: "damage", item: round)
        for draw in 0..<10_000 {
            guard let error = errorOfSafetensors(Damage.apply(to: sound, header: header, random, draw)) else {
                continue
            }
            if error.offset == nil || error.remedy == nil { Issue.record("draw \(draw): \(error)") }
        }
    }
}
