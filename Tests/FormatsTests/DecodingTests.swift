import Formats
import Testing

@Suite struct DecodingTests {
    @Test func everyFormatHasItsGolden() {
        #expect(Set(DecodingGolden.all.map(\.format)) == Set(BlockFormats.all))
        #expect(DecodingGolden.all.allSatisfy { $0.count >= 2048 && $0.checksums.count == 8 })
    }

    @Test(arguments: DecodingGolden.all) func decodesAsGGML(golden: DecodingGolden) {
        let format = golden.format
        let first = format.decoded(golden.block(0))
        #expect(first.count == golden.first.count)
        let wrong = first.indices.first { first[$0].bitPattern != golden.first[$0].bitPattern }
        #expect(wrong == nil)
        var checksums = [CyclicChecksum](repeating: CyclicChecksum(), count: 8)
        for index in 0..<golden.count {
            for number in format.decoded(golden.block(index)) { checksums[index % 8].add(number) }
        }
        for (kind, name) in DecodingGolden.kinds.enumerated() {
            #expect(checksums[kind].value == golden.checksums[kind], "\(name)")
        }
    }

    @Test(arguments: BlockFormats.all) func blocksOfARowAreDecodedOneByOne(format: BlockFormat) throws {
        let golden = try #require(DecodingGolden.all.first { $0.format == format })
        let blocks = (8..<24).map(golden.block)
        let together = format.decoded(blocks.flatMap { $0 })
        let apart = blocks.flatMap(format.decoded)
        #expect(together.map { $0.isNaN ? 0 : $0.bitPattern } == apart.map { $0.isNaN ? 0 : $0.bitPattern })
    }
}
