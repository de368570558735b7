import Storage
import Tensors
import TestSupport
import Testing

@Suite struct HostileGGUFTests {
    /// A lie, and how it is refused.
    struct Lie: CustomTestStringConvertible {
        let testDescription: String
        let kind: StorageError.Kind
        /// Where the refusal points; nil where the test does not care.
        let offset: Int?
        let bytes: [UInt8]

        init(_ name: String, _ kind: StorageError.Kind, at offset: Int? = nil, _ build: (inout GGUFBytes) -> Void) {
            testDescription = name
            self.kind = kind
            self.offset = offset
            var file = GGUFBytes()
            build(&file)
            bytes = file.bytes
        }
    }

    @Test(arguments: headers + keys + shapes + places) func liesAreRefused(lie: Lie) throws {
        let error = try #require(errorOfGGUF(lie.bytes))
        #expect(error.kind == lie.kind, "\(error)")
        if let offset = lie.offset { #expect(error.offset == offset, "\(error)") }
        expectHelpful(error)
    }

    static let headers: [Lie] = [
        Lie("nothing", .truncated, at: 0) { $0.bytes = [] },
        Lie("another magic", .unknownContainer, at: 0) { $0.bytes = Array("GGML\u{3}\0\0\0".utf8) },
        Lie("version 0", .unsupportedVersion, at: 4) { $0 = GGUFBytes(version: 0) },
        Lie("version 1", .unsupportedVersion, at: 4) { $0 = GGUFBytes(version: 1) },
        Lie("version 4", .unsupportedVersion, at: 4) { $0 = GGUFBytes(version: 4) },
        Lie("big-endian", .unsupportedVersion, at: 4) { $0 = GGUFBytes(version: 0x0300_0000) },
        Lie("as many tensors as there are numbers", .malformed, at: 8) { $0 = GGUFBytes(tensorCount: .max) },
        Lie("a billion tensors", .malformed, at: 8) { $0 = GGUFBytes(tensorCount: 1 << 30) },
        Lie("as many keys as there are numbers", .malformed, at: 16) { $0 = GGUFBytes(keyCount: .max) },
    ]

    private static func oneKey(
        _ name: String, _ kind: StorageError.Kind, at offset: Int? = nil, _ build: (inout GGUFBytes) -> Void
    ) -> Lie {
        Lie(name, kind, at: offset) {
            $0 = GGUFBytes(keyCount: 1)
            build(&$0)
            $0.zeros(64)
        }
    }

    static let keys: [Lie] = [
        oneKey("an empty key", .malformed, at: 24) { $0.key("", type: 0, [1]) },
        oneKey("a key beyond the end", .truncated, at: 24) { $0.text("key", claiming: 1 << 20) },
        oneKey("a key of 2^63 bytes", .malformed, at: 24) { $0.text("key", claiming: 1 << 63) },
        oneKey("a key of 2^64 - 1 bytes", .malformed, at: 24) { $0.text("key", claiming: .max) },
        oneKey("a key that is not UTF-8", .malformed, at: 24) {
            $0.number(UInt64(2))
            $0.bytes += [0xC3, 0x28]
        },
        oneKey("an unknown value type", .unknownType, at: 35) { $0.key("key", type: 13, [0]) },
        oneKey("a truth value of 2", .malformed, at: 39) { $0.key("key", type: 7, [2]) },
        oneKey("a string beyond the end", .truncated, at: 39) { $0.key("key", type: 8, [255, 255, 0, 0, 0, 0, 0, 0]) },
        oneKey("an array of arrays", .malformed, at: 39) {
            $0.key("key", type: 9, [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
        },
        oneKey("an array of unknown type", .unknownType, at: 39) { $0.key("key", type: 9, [99, 0, 0, 0]) },
        oneKey("an array of 2^64 - 1 numbers", .malformed, at: 43) {
            $0.key("key", type: 9, [10, 0, 0, 0] + [UInt8](repeating: 255, count: 8))
        },
        oneKey("an array whose bytes overflow", .malformed, at: 43) {
            $0.key("key", type: 9, [10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20])
        },
        oneKey("an array of strings, one beyond the end", .truncated, at: 51) {
            $0.key("key", type: 9, [8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        },
        oneKey("an alignment of 0", .malformed) { $0.key("general.alignment", alignment: 0) },
        oneKey("an alignment of 48", .malformed) { $0.key("general.alignment", alignment: 48) },
        oneKey("an alignment of another type", .malformed) { $0.key("general.alignment", type: 0, [32]) },
        Lie("a key that stands twice", .duplicate, at: 40) {
            $0 = GGUFBytes(keyCount: 2)
            for _ in 0..<2 { $0.key("key", type: 0, [1]) }
        },
    ]

    private static func oneTensor(
        _ name: String, _ kind: StorageError.Kind, at offset: Int? = nil, _ build: (inout GGUFBytes) -> Void
    ) -> Lie {
        Lie(name, kind, at: offset) {
            $0 = GGUFBytes(tensorCount: 1)
            build(&$0)
            $0.data(64)
        }
    }

    static let shapes: [Lie] = [
        oneTensor("a name of 64 bytes", .malformed, at: 24) { $0.tensor(String(repeating: "n", count: 64), [1]) },
        oneTensor("five axes", .malformed, at: 33) { $0.tensor("t", [1, 1, 1, 1, 1]) },
        oneTensor("2^32 - 1 axes", .malformed, at: 33) {
            $0.text("t")
            $0.number(UInt32.max)
            $0.zeros(32)
        },
        oneTensor("a negative length", .malformed, at: 37) { $0.tensor("t", [UInt64.max]) },
        oneTensor("lengths whose product overflows", .malformed, at: 24) { $0.tensor("t", [1 << 32, 1 << 32]) },
        oneTensor("bytes that overflow", .malformed, at: 24) { $0.tensor("t", [1 << 61, 2]) },
        oneTensor("rows that are not whole blocks", .malformed, at: 24) { $0.tensor("t", [33, 1], type: 8) },
        oneTensor("a removed type", .unknownType, at: 45) { $0.tensor("t", [1], type: 4) },
        oneTensor("a type that is none", .unknownType, at: 45) { $0.tensor("t", [1], type: .max) },
        oneTensor("data beyond the end", .truncated) { $0.tensor("t", [17]) },
        oneTensor("data far beyond the end", .truncated) { $0.tensor("t", [1 << 57]) },
    ]

    private static func twoTensors(_ name: String, _ kind: StorageError.Kind, second: String, at offset: UInt64) -> Lie
    {
        Lie(name, kind) {
            $0 = GGUFBytes(tensorCount: 2)
            $0.tensor("first", [8])
            $0.tensor(second, [8], offset: offset)
            $0.data(256)
        }
    }

    static let places: [Lie] = [
        oneTensor("a first tensor that is not first", .layout) { $0.tensor("t", [1], offset: 32) },
        oneTensor("an offset of 2^64 - 1", .layout) { $0.tensor("t", [1], offset: .max) },
        twoTensors("a name that stands twice", .duplicate, second: "first", at: 32),
        twoTensors("a gap", .layout, second: "second", at: 64),
        twoTensors("an overlap", .layout, second: "second", at: 16),
        twoTensors("two tensors at one place", .layout, second: "second", at: 0),
    ]

    @Test func soundFilesMadeByHandAreRead() {
        var file = GGUFBytes(tensorCount: 3, keyCount: 2)
        file.key("general.alignment", alignment: 64)
        file.key("words", type: 9, [8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        file.tensor("empty", [0, 4])
        file.tensor("scalar", [])
        file.tensor("last", [3, 2], offset: 64)
        file.data(64 + 24, alignment: 64)
        #expect(errorOfGGUF(file.bytes) == nil)
    }

    @Test func keysThatDifferOnlyInHowAnAccentIsWrittenAreTwo() throws {
        var file = GGUFBytes(keyCount: 2)
        file.key("\u{E9}", type: 0, [1])
        file.key("e\u{301}", type: 0, [2])
        let metadata = try GGUFReader.read(MemorySource(file.bytes), name: "test.gguf").metadata
        #expect(metadata["\u{E9}"] == .uint8(1) && metadata["e\u{301}"] == .uint8(2))
    }

    @Test(arguments: ["every-type.gguf", "aligned.gguf"]) func everyTruncationIsRefused(name: String) throws {
        let bytes = try contents(of: ContainerContents.path(name))
        let last = try #require(Archive.open(ContainerContents.path(name)).tensors.last)
        for length in 0..<last.range.upperBound {
            guard let error = errorOfGGUF(Array(bytes.prefix(length))) else {
                Issue.record("\(length) of \(bytes.count) bytes are accepted")
                return
            }
            guard error.offset != nil, error.remedy != nil, (error.offset ?? 0) <= length else {
                Issue.record("\(length) bytes: \(error)")
                return
            }
        }
        #expect(errorOfGGUF(Array(bytes.prefix(last.range.upperBound))) == nil)
    }

    @Test(arguments: 0..<4) func damagedBytesNeverTrap(round: Int) throws {
        let sound = try contents(of: ContainerContents.path("every-type.gguf"))
        let header = try GGUFReader.read(MemorySource(sound), name: "sound").dataOffset
        let random = KeyedRandom(seed: 1, purpose: "damage", item: round)
        var refused = 0
        for draw in 0..<30_000 {
            let damaged = Damage.apply(to: sound, header: header, random, draw)
            guard let error = errorOfGGUF(damaged) else { continue }
            refused += 1
            if error.offset == nil || error.remedy == nil { Issue.record("draw \(draw): \(error)") }
        }
        #expect(refused > 10_000)
    }
}
