import Formats
import Kernels
import Tensors
import Testing

@Suite struct MultiplyTests {
    @Test(arguments: SampleMatrix.Kind.all, KernelVariant.tried)
    func everyProductHasTheCanonicalBits(kind: SampleMatrix.Kind, variant: KernelVariant) {
        let compute = Compute(threads: 1, variant: variant)
        for columns in [1, 15, 16, 17, 31, 32, 64, 96, 256, 768, 2880, 3072] {
            for rows in [1, 3, 5, 18] {
                guard let sample = SampleMatrix(kind, rows: rows, columns: columns, seed: 5) else { continue }
                let bias = Samples.numbers(rows, "bias")
                for count in [1, 2, 3, 4, 5, 6, 7, 13] {
                    let x = Samples.numbers(count * columns)
                    let y = Samples.product(compute, x, count: count, by: sample.matrix, bias: bias)
                    let expected = (0..<count * rows).map { index -> Float in
                        let (vector, row) = (index / rows, index % rows)
                        return CanonicalOrder.dot(
                            Array(x[vector * columns..<(vector + 1) * columns]),
                            Array(sample.values[row * columns..<(row + 1) * columns])) + bias[row]
                    }
                    #expect(Samples.bits(y) == Samples.bits(expected), "\(columns) × \(rows), \(count) vectors")
                }
            }
        }
    }

    /// Enough for short rows to be woven, where a variant does that, from every layout and with every kind of remainder.
    @Test(arguments: SampleMatrix.Kind.all, KernelVariant.tried)
    func productsWithShortRowsHaveTheCanonicalBits(kind: SampleMatrix.Kind, variant: KernelVariant) throws {
        for (rows, columns, count) in [(43, 48, 24), (33, 256, 25), (72, 512, 26), (8, 128, 31)] {
            let sample = try #require(SampleMatrix(kind, rows: rows, columns: kind.columns(columns), seed: 15))
            let columns = sample.matrix.columns
            let x = Samples.numbers(count * columns), bias = Samples.numbers(rows, "bias")
            let vectors = (0..<count).map { Array(x[$0 * columns..<($0 + 1) * columns]) }
            let weights = (0..<rows).map { Array(sample.values[$0 * columns..<($0 + 1) * columns]) }
            let sums = vectors.flatMap { vector in weights.map { CanonicalOrder.dot(vector, $0) } }
            for (bias, threads) in [(bias, 1), (nil, 2)] {
                let y = Samples.product(
                    Compute(threads: threads, variant: variant), x, count: count, by: sample.matrix, bias: bias)
                let expected = sums.indices.map { index in bias.map { sums[index] + $0[index % rows] } ?? sums[index] }
                #expect(Samples.bits(y) == Samples.bits(expected), "\(columns) × \(rows), \(count) vectors")
            }
        }
    }

    /// So many that rows and vectors are turned, where a variant does that: with few columns beyond AVX-512, with many there.
    @Test(
        arguments: [.rows(.f32), .rows(.bf16), .rows(.q8_0), .transposed(.bf16), .scalesApart, .packings[0]]
            as [SampleMatrix.Kind], KernelVariant.tried)
    func productsOfManyVectorsHaveTheCanonicalBits(kind: SampleMatrix.Kind, variant: KernelVariant) {
        let shapes = [
            (rows: 130, columns: 70, count: 61), (145, 96, 49), (97, 65, 85), (193, 517, 97), (240, 544, 85),
            (251, 640, 101),
        ]
        for (rows, columns, count) in shapes {
            guard let sample = SampleMatrix(kind, rows: rows, columns: kind.columns(columns), seed: 5) else { continue }
            let columns = sample.matrix.columns
            let x = Samples.numbers(count * columns), bias = Samples.numbers(rows, "bias")
            let vectors = (0..<count).map { Array(x[$0 * columns..<($0 + 1) * columns]) }
            let weights = (0..<rows).map { Array(sample.values[$0 * columns..<($0 + 1) * columns]) }
            let expected = vectors.flatMap { vector in
                zip(weights, bias).map { CanonicalOrder.dot(vector, $0) + $1 }
            }
            for threads in [1, 2] {
                let compute = Compute(threads: threads, variant: variant)
                let y = Samples.product(compute, x, count: count, by: sample.matrix, bias: bias)
                #expect(Samples.bits(y) == Samples.bits(expected), "\(columns) × \(rows), \(count) vectors")
            }
        }
    }

    @Test(arguments: SampleMatrix.Kind.all)
    func decodedRowsAreThoseOfTheFormat(kind: SampleMatrix.Kind) throws {
        let sample = try #require(SampleMatrix(kind, rows: 21, columns: kind.columns(96), seed: 6))
        for variant in KernelVariant.tried {
            let compute = Compute(threads: 1, variant: variant)
            let decoded = (0..<21).flatMap { row in
                Samples.filled(kind.columns(96)) { compute.decodeRow(sample.matrix, row: row, into: $0) }
            }
            #expect(Samples.bits(decoded) == Samples.bits(sample.values))
        }
    }

    @Test(arguments: BlockFormats.all, KernelVariant.tried)
    func anyBytesDecodeAsTheFormatSays(format: BlockFormat, variant: KernelVariant) {
        let random = KeyedRandom(seed: 9, purpose: "any bytes")
        let columns = format.blockLength * (format.blockLength == 1 ? 1 << 16 : 4096)
        let count = columns / format.blockLength * format.blockBytes
        // Two bytes a block cover every half there is; the rest is noise, infinities and NaN included. Some blocks are one
        // byte over and over, so that scales are zero, infinite or all ones.
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: random.bits($0)) }
        for block in 0..<columns / format.blockLength {
            bytes[block * format.blockBytes] = UInt8(truncatingIfNeeded: block)
            if block % 5 == 4 && format.blockLength > 1 {
                let byte = UInt8(truncatingIfNeeded: block / 5)
                for index in block * format.blockBytes..<(block + 1) * format.blockBytes { bytes[index] = byte }
            }
            if format.blockBytes == 2 { bytes[block * 2 + 1] = UInt8(truncatingIfNeeded: block >> 8) }
        }
        let matrix = Matrix(
            rows: 1, columns: columns, format: format, source: MemorySource(bytes), offset: 0, rowStride: count)
        var expected = [Float](repeating: 0, count: columns)
        bytes.withUnsafeBytes { bytes in expected.withUnsafeMutableBufferPointer { format.decode(bytes, $0) } }
        let compute = Compute(threads: 1, variant: variant)
        let decoded = Samples.filled(columns) { compute.decodeRow(matrix, row: 0, into: $0) }
        #expect(Samples.bits(decoded) == Samples.bits(expected))
    }

    @Test(arguments: SampleMatrix.Kind.all)
    func oneVectorAndManyGiveTheSameBits(kind: SampleMatrix.Kind) throws {
        let columns = kind.columns(288)
        let sample = try #require(SampleMatrix(kind, rows: 70, columns: columns, seed: 7))
        let compute = Compute(threads: 1)
        let x = Samples.numbers(40 * columns)
        let together = Samples.product(compute, x, count: 40, by: sample.matrix)
        let apart = (0..<40).flatMap {
            Samples.product(compute, Array(x[$0 * columns..<($0 + 1) * columns]), count: 1, by: sample.matrix)
        }
        #expect(Samples.bits(together) == Samples.bits(apart))
    }

    @Test(arguments: SampleMatrix.Kind.all)
    func anyNumberOfThreadsGivesTheSameBits(kind: SampleMatrix.Kind) throws {
        let columns = kind.columns(576)
        let sample = try #require(SampleMatrix(kind, rows: 203, columns: columns, seed: 8))
        let x = Samples.numbers(9 * columns)
        for count in [1, 2, 9] {
            let alone = Samples.product(Compute(threads: 1), x, count: count, by: sample.matrix)
            for threads in [2, 3] {
                let shared = Samples.product(Compute(threads: threads), x, count: count, by: sample.matrix)
                #expect(Samples.bits(shared) == Samples.bits(alone))
            }
        }
    }

    @Test func jobsOfOneRegionEqualTheirProductsAlone() throws {
        let kinds = SampleMatrix.Kind.all
        let samples = try kinds.map { try #require(SampleMatrix($0, rows: 66, columns: $0.columns(320), seed: 10)) }
        let counts = kinds.indices.map { [1, 12, 0, 3][$0 % 4] }
        let x = Samples.numbers(12 * 512), bias = Samples.numbers(66, "bias")
        let compute = Compute(threads: 2)
        let together = Samples.filled(66 * counts.reduce(0, +)) { y in
            x.withUnsafeBufferPointer { x in
                bias.withUnsafeBufferPointer { bias in
                    guard let x = x.baseAddress else { return }
                    var end = 0
                    compute.multiply(
                        samples.indices.map { index in
                            defer { end += counts[index] * 66 }
                            return MatmulJob(
                                x: x, count: counts[index], matrix: samples[index].matrix, bias: bias.baseAddress,
                                y: y + end)
                        })
                }
            }
        }
        let alone = samples.indices.flatMap {
            Samples.product(compute, x, count: counts[$0], by: samples[$0].matrix, bias: bias)
        }
        #expect(Samples.bits(together) == Samples.bits(alone))
    }

    @Test(arguments: SampleMatrix.Kind.all)
    func aViewOfSomeRowsGivesThoseElements(kind: SampleMatrix.Kind) throws {
        let sample = try #require(SampleMatrix(kind, rows: 40, columns: kind.columns(64), seed: 12))
        let compute = Compute(threads: 1)
        for count in [1, 8] {
            let x = Samples.numbers(count * kind.columns(64))
            let whole = Samples.product(compute, x, count: count, by: sample.matrix)
            let part = Samples.product(compute, x, count: count, by: sample.matrix.rows(7..<30))
            let expected = (0..<count).flatMap { whole[$0 * 40 + 7..<$0 * 40 + 30] }
            #expect(Samples.bits(part) == Samples.bits(Array(expected)))
        }
    }

    @Test func everyOtherRowIsReadWhereRowsAreInterleaved() throws {
        for kind in SampleMatrix.Kind.all {
            let sample = try #require(SampleMatrix(kind, rows: 40, columns: kind.columns(64), seed: 13))
            let matrix = sample.matrix
            var layout = matrix.layout
            if case .scalesApart(let scales, _, let stride) = layout {
                layout = .scalesApart(scales: scales, scalesOffset: stride, scalesStride: 2 * stride)
            }
            let odd = Matrix(
                rows: 20, columns: matrix.columns, format: matrix.format, source: matrix.source,
                offset: matrix.rowStride, rowStride: 2 * matrix.rowStride, layout: layout)
            let compute = Compute(threads: 1)
            for count in [1, 8] {
                let x = Samples.numbers(count * kind.columns(64))
                let whole = Samples.product(compute, x, count: count, by: matrix)
                let expected = (0..<count).flatMap { vector in
                    (0..<20).map { row -> Float in whole[vector * 40 + 2 * row + 1] }
                }
                #expect(Samples.bits(Samples.product(compute, x, count: count, by: odd)) == Samples.bits(expected))
            }
        }
    }

    @Test func aFormatWithoutKernelsIsDecodedByItsOwnCode() throws {
        let plain = BlockFormat.q8_0
        let foreign = BlockFormat(
            id: 9999, name: "foreign", blockLength: plain.blockLength, blockBytes: plain.blockBytes,
            decode: plain.decode, source: "test")
        let sample = try #require(SampleMatrix(.rows(plain), rows: 9, columns: 96, seed: 14))
        let matrix = Matrix(
            rows: 9, columns: 96, format: foreign, source: sample.matrix.source, offset: 0,
            rowStride: sample.matrix.rowStride)
        let compute = Compute(threads: 1)
        for count in [1, 7] {
            let x = Samples.numbers(count * 96)
            #expect(
                Samples.bits(Samples.product(compute, x, count: count, by: matrix))
                    == Samples.bits(Samples.product(compute, x, count: count, by: sample.matrix)))
        }
    }

    @Test func infinitiesAndNaNFlowThrough() throws {
        let sample = try #require(SampleMatrix(.rows(.q8_0), rows: 4, columns: 64, seed: 15))
        for variant in KernelVariant.tried {
            let compute = Compute(threads: 1, variant: variant)
            for count in [1, 8] {
                var x = Samples.numbers(count * 64)
                x[3] = .nan
                #expect(Samples.product(compute, x, count: count, by: sample.matrix).prefix(4).allSatisfy { $0.isNaN })
                x[3] = .infinity
                let infinite = Samples.product(compute, x, count: count, by: sample.matrix).prefix(4)
                #expect(infinite.allSatisfy { !$0.isFinite })
            }
        }
    }
}
