import Crypto
import Storage
import Tensors
import Testing

/// Digests of many runs at once are those of FIPS 180-4, and of another implementation.
@Suite struct SHA256Tests {
    /// Numbers that look random and are the same everywhere.
    private struct Random {
        var state: UInt64

        mutating func next(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    private static func truth(_ bytes: some Sequence<UInt8>) -> String {
        Crypto.SHA256.hash(data: Array(bytes)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func whole(_ bytes: [UInt8]) -> [SourceRange] { [SourceRange(MemorySource(bytes), 0..<bytes.count)] }

    @Test(arguments: SHA256Way.available) func theStandardsOwnExamples(way: SHA256Way) {
        let texts = ["", "abc", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"]
        let runs = texts.map { Self.whole(Array($0.utf8)) } + [Self.whole(.init(repeating: 0x61, count: 1_000_000))]
        #expect(
            SHA256.digests(of: runs, by: way) == [
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            ])
    }

    /// Every length about the ends of blocks, from one run to more than any vector has lanes.
    @Test(arguments: SHA256Way.available) func lengthsAboutBlocksAndNumbersOfRuns(way: SHA256Way) {
        let lengths = [
            0, 1, 3, 54, 55, 56, 57, 62, 63, 64, 65, 118, 119, 120, 121, 127, 128, 129, 191, 192, 193, 4095, 4096, 4097,
        ]
        var random = Random(state: 1)
        let bytes = (0..<5000).map { _ in UInt8(random.next(below: 256)) }
        let source = MemorySource(bytes)
        for count in [1, 2, 3, 7, 8, 9, 10, 11, 15, 16, 17, 33] {
            let ranges = (0..<count).map { run -> Range<Int> in
                let start = random.next(below: 800)
                return start..<start + lengths[(run * 5 + count) % lengths.count]
            }
            let digests = SHA256.digests(of: ranges.map { [SourceRange(source, $0)] }, by: way)
            #expect(digests == ranges.map { Self.truth(bytes[$0]) }, "\(count) runs")
        }
    }

    /// Runs put together of pieces of any size, none of which need be a whole block.
    @Test(arguments: SHA256Way.available) func runsOfSeveralRanges(way: SHA256Way) {
        var random = Random(state: 2)
        let bytes = (0..<300_000).map { _ in UInt8(random.next(below: 256)) }
        let source = MemorySource(bytes)
        var (runs, truths) = ([[SourceRange]](), [String]())
        for run in 0..<40 {
            var (ranges, joined) = ([SourceRange](), [UInt8]())
            for _ in 0...run % 6 {
                let length = random.next(below: [1, 64, 65, 1000, 70_000][random.next(below: 5)])
                let start = random.next(below: bytes.count - length)
                ranges.append(SourceRange(source, start..<start + length))
                joined += bytes[start..<start + length]
            }
            runs.append(ranges)
            truths.append(Self.truth(joined))
        }
        #expect(SHA256.digests(of: runs, by: way) == truths)
        #expect(SHA256.digests(of: runs) == truths)
    }

    @Test func aProcessorKnowsAtLeastThePortableWay() {
        #expect(SHA256Way.available.first == .portable)
    }
}
