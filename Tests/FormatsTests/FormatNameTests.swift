import Formats
import Testing

@Suite struct FormatNameTests {
    @Test func namesAndNumbersFindTheSameFormat() {
        for format in BlockFormats.all {
            #expect(BlockFormats.named(format.name) == format)
            #expect(BlockFormats.named(format.name.uppercased()) == format)
            #expect(BlockFormats.withID(format.id) == format)
        }
        #expect(BlockFormats.named("q8_k") == nil)
        #expect(BlockFormats.withID(15) == nil)
    }

    @Test func geometryAgreesWithTheTableOfGGML() throws {
        for format in BlockFormats.all {
            let type = try #require(GGMLType.withID(format.id))
            #expect(type.name == format.name)
            #expect(type.blockLength == format.blockLength && type.blockBytes == format.blockBytes)
            #expect(type.blockFormat == format)
        }
    }

    @Test func typesThatAreNotDecodedHaveNames() {
        #expect(GGMLType.withID(15)?.name == "q8_k")
        #expect(GGMLType.named("IQ4_XS")?.blockBytes == 136)
        #expect(GGMLType.withID(15)?.blockFormat == nil)
        for removed: UInt32 in [4, 5, 31, 32, 33, 36, 37, 38, 43, 1000] { #expect(GGMLType.withID(removed) == nil) }
    }

    @Test func rowsAreWholeBlocks() {
        #expect(BlockFormat.q8_0.rowBytes(64) == 68)
        #expect(BlockFormat.q8_0.rowBytes(65) == nil)
        #expect(BlockFormat.q8_0.rowBytes(-32) == nil)
        #expect(BlockFormat.f32.rowBytes(.max) == nil)
    }
}
