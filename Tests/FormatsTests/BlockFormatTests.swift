import Formats
import Testing

@Suite struct BlockFormatTests {
    @Test func goldensAreThere() {
        #expect(BlockGolden.all.count > 90)
    }

    @Test(arguments: BlockGolden.all) func decodesAsGGML(golden: BlockGolden) throws {
        let format = try #require(BlockFormats.named(golden.format))
        for (bytes, expected) in zip(golden.encodings, golden.outputs) {
            let decoded = format.decoded(bytes)
            try #require(decoded.count == expected.count)
            for (index, (value, truth)) in zip(decoded, expected).enumerated() where !(value.isNaN && truth.isNaN) {
                #expect(value.bitPattern == truth.bitPattern, "element \(index)")
            }
        }
    }
}
