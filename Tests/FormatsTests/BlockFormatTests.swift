import Formats
import Tensors
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

    @Test(arguments: BlockGolden.all.filter { $0.input != nil }) func encodesAsGGML(golden: BlockGolden) throws {
        let format = try #require(BlockFormats.named(golden.format))
        let input = try #require(golden.input)
        let bytes = format.encoded(input)
        if format == .mxfp4, (input.map(\.magnitude).max() ?? 0) < 0x1p-125 {
            // ggml converts a negative exponent to an unsigned byte here, which C leaves undefined.
            #expect(error(format.decoded(bytes), input) <= error(golden.outputs[0], input))
        } else {
            #expect(golden.encodings.contains(bytes))
        }
    }

    private func error(_ values: [Float], _ truth: [Float]) -> Double {
        zip(values, truth).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    }

    @Test(arguments: BlockFormats.all) func numbersThatAreNoneNeverTrap(format: BlockFormat) {
        let odd: [Float] = [
            .nan, -.nan, .signalingNaN, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
            .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, 0, -0.0, 1, 65504, 65520, 0x1p-126,
        ]
        let random = KeyedRandom(seed: 7, purpose: "odd numbers")
        for draw in 0..<2000 {
            let values = (0..<64).map { odd[random.index(below: draw % 16 + 1, 64 * draw + $0)] }
            #expect(format.decoded(format.encoded(values)).count == 64)
        }
        for draw in 0..<2000 {
            let values = (0..<64).map { Float(bitPattern: UInt32(truncatingIfNeeded: random.bits(64 * draw + $0))) }
            #expect(format.decoded(format.encoded(values)).count == 64)
        }
    }

    @Test(arguments: [BlockFormat.f32, .f16, .bf16]) func plainFormatsKeepWhatTheyHold(format: BlockFormat) {
        let random = KeyedRandom(seed: 8, purpose: "bits")
        let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: random.bits($0)) }
        let values = format.decoded(bytes)
        let again = format.decoded(format.encoded(values))
        for (a, b) in zip(values, again) where !a.isNaN { #expect(a.bitPattern == b.bitPattern) }
        for (a, b) in zip(values, again) where a.isNaN { #expect(b.isNaN) }
    }

    @Test func infinitiesBecomeTheLargestThatTheScaleCanExpress() {
        var values = [Float](repeating: 1, count: 32)
        values[3] = .infinity
        values[4] = -.infinity
        let decoded = BlockFormat.mxfp4.decoded(BlockFormat.mxfp4.encoded(values))
        #expect(decoded.allSatisfy { $0.isFinite })
        #expect(decoded[3] > 0x1p126 && decoded[4] == -decoded[3])
    }

    @Test func encodingIsBlockByBlock() {
        let random = KeyedRandom(seed: 9, purpose: "rows")
        let values = (0..<1024).map { Float(random.unit($0) - 0.5) }
        for format in BlockFormats.all {
            let apart = stride(from: 0, to: 1024, by: 32).flatMap { format.encoded(Array(values[$0..<$0 + 32])) }
            #expect(format.encoded(values) == apart)
        }
    }
}
