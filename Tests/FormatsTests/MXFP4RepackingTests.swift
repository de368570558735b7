import Formats
import Testing

/// The example was made with ggml 0.25.3 and transformers from one block.
@Suite struct MXFP4RepackingTests {
    private let huggingFace = BlockGolden.bytes(hex: "031425364758697a8b9cadbecfe0f102")
    private let ggml = BlockGolden.bytes(hex: "79b380c491d5a2e6b3f7c408e519f62a07")

    @Test func huggingFaceBlocksBecomeThoseOfGGML() {
        var block = [UInt8](repeating: 0, count: 17)
        block.withUnsafeMutableBytes { block in
            huggingFace.withUnsafeBytes { MXFP4.repackToGGML(codes: $0, scale: 121, into: block) }
        }
        #expect(block == ggml)
        let values = BlockFormat.mxfp4.decoded(block)
        #expect(Array(values.prefix(4)) == [0.0234375, 0.0, 0.03125, 0.0078125])
        #expect(Array(values.suffix(4)) == [0.0078125, -0.09375, 0.015625, 0.0])
    }

    @Test func ggmlBlocksBecomeThoseOfHuggingFace() {
        var codes = [UInt8](repeating: 0, count: 16)
        let scale = codes.withUnsafeMutableBytes { codes in
            ggml.withUnsafeBytes { MXFP4.repackToHuggingFace(block: $0, into: codes) }
        }
        #expect(codes == huggingFace)
        #expect(scale == 121)
    }
}
