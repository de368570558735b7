import Formats
import Kernels
import Tensors
import Testing

@Suite struct PackedWeightsTests {
    private func decoded(
        _ matrix: Matrix, rows: Range<Int>? = nil, variant: KernelVariant = .best
    ) -> [Float] {
        let rows = rows ?? 0..<matrix.rows
        return Samples.filled(rows.count * matrix.columns) {
            Compute(threads: 1, variant: variant).decodeRows(matrix, rows, into: $0)
        }
    }

    @Test func thereAreCasesOfEveryLayout() {
        #expect(PackedCase.all.count == 37)
        let layouts = Set(PackedCase.all.map { $0.name.prefix { $0 != "/" } })
        #expect(layouts == ["fp8", "words", "bytes", "awq", "gptq"])
    }

    @Test(arguments: PackedCase.all)
    func everySchemeDecodesToTheReferencesBits(packed: PackedCase) throws {
        let matrix = try #require(packed.weights).matrix
        for variant in KernelVariant.tried {
            #expect(Samples.bits(decoded(matrix, variant: variant)) == Samples.bits(packed.expected), "\(variant)")
        }
        for row in 0..<matrix.rows {
            let truth = packed.expected[row * matrix.columns..<(row + 1) * matrix.columns]
            #expect(Samples.bits(decoded(matrix, rows: row..<row + 1)) == Samples.bits(Array(truth)), "row \(row)")
        }
    }

    @Test(arguments: PackedCase.all)
    func rowsFromTheMiddleAreTheSameRows(packed: PackedCase) throws {
        let matrix = try #require(packed.weights).matrix
        let view = matrix.rows(2..<matrix.rows - 1)
        let truth = packed.expected[2 * matrix.columns..<(matrix.rows - 1) * matrix.columns]
        #expect(Samples.bits(decoded(view)) == Samples.bits(Array(truth)))
        #expect(view.byteCount < matrix.byteCount)
    }

    @Test(arguments: KernelVariant.tried)
    func productsAreThoseOfTheDecodedWeights(variant: KernelVariant) throws {
        let compute = Compute(threads: 2, variant: variant)
        for packed in PackedCase.all {
            let matrix = try #require(packed.weights).matrix
            let plain = Matrix(
                rows: packed.rows, columns: packed.columns, format: .f32, source: MemorySource(packed.expected),
                offset: 0, rowStride: packed.columns * 4)
            for count in [1, 3, 9] {
                let x = Samples.numbers(count * packed.columns, "inputs")
                let bias = Samples.numbers(packed.rows, "bias")
                let ours = Samples.product(compute, x, count: count, by: matrix, bias: bias)
                let truth = Samples.product(compute, x, count: count, by: plain, bias: bias)
                #expect(Samples.bits(ours) == Samples.bits(truth), "\(packed), \(count) vectors")
            }
        }
    }

    /// In `fast`, products are those of coded vectors with the weights that others say the parts mean, whatever the variant; where
    /// weights are no whole numbers under steps of 16 neighbours at least, they are those of `exact`.
    @Test(arguments: PackedCase.all)
    func fastProductsAreThoseOfTheReferencesWeights(packed: PackedCase) throws {
        let matrix = try #require(packed.weights).matrix
        let columns = packed.columns
        let isOrdered = packed.name.hasSuffix("ordered") || packed.name.hasSuffix("act-order")
        let isCoded = !packed.name.hasPrefix("fp8") && columns % 32 == 0 && !isOrdered
        for count in [1, 3, 50] {
            let x = Samples.numbers(count * columns, "inputs")
            let bias = Samples.numbers(packed.rows, "bias")
            let entered = isCoded ? Samples.coded(x) : x.map(Double.init)
            var results: [[UInt32]] = []
            for variant in KernelVariant.available {
                let compute = Compute(threads: 2, variant: variant, precision: .fast)
                let ours = Samples.product(compute, x, count: count, by: matrix, bias: bias)
                results.append(Samples.bits(ours))
                for index in ours.indices {
                    let (vector, row) = (index / packed.rows, index % packed.rows)
                    var (sum, size) = (Double(bias[row]), Double(bias[row].magnitude))
                    for column in 0..<columns {
                        let term = entered[vector * columns + column] * Double(packed.expected[row * columns + column])
                        sum += term
                        size += term.magnitude
                    }
                    #expect(sum.isNaN == ours[index].isNaN && !((Double(ours[index]) - sum).magnitude > 2e-6 * size))
                }
            }
            #expect(Set(results).count == 1)
            let exact = Samples.product(Compute(threads: 2), x, count: count, by: matrix, bias: bias)
            #expect((results[0] == Samples.bits(exact)) == !isCoded)
        }
    }

    /// Groups of 16, whose steps hold for half a block, and groups too odd for any.
    @Test(arguments: [(16, true), (48, true), (96, true), (8, false), (24, false)])
    func groupsOfAnyLengthAreRight(group: Int, isCoded: Bool) throws {
        let scheme = PackingScheme.bytes(bits: 8, .group(group), isSymmetric: false)
        let (rows, columns) = (17, 288)
        let random = KeyedRandom(seed: 5, purpose: "groups")
        let codes = (0..<rows * columns).map { UInt8(truncatingIfNeeded: random.bits($0)) }
        let zeros = (0..<rows * columns / group).map { UInt8(truncatingIfNeeded: random.bits(100_000 + $0)) }
        let scales = Samples.numbers(zeros.count, "scales")
        let matrix = try #require(
            PackedWeights(
                scheme, rows: rows, columns: columns,
                codes: PackedPart(element: .int8, shape: [rows, columns], source: MemorySource(codes)),
                scales: PackedPart(
                    element: .float32, shape: [rows, columns / group],
                    source: MemorySource(scales.withUnsafeBytes { Array($0) })),
                zeroPoints: PackedPart(element: .int8, shape: [rows, columns / group], source: MemorySource(zeros)))
        ).matrix
        let x = Samples.numbers(columns, "inputs")
        let entered = isCoded ? Samples.coded(x) : x.map(Double.init)
        let ours = Samples.product(Compute(threads: 1, precision: .fast), x, count: 1, by: matrix)
        for row in 0..<rows {
            var (sum, size) = (0.0, 0.0)
            for column in 0..<columns {
                let at = row * (columns / group) + column / group
                let code = Double(Int8(bitPattern: codes[row * columns + column])) - Double(Int8(bitPattern: zeros[at]))
                sum += entered[column] * code * Double(scales[at])
                size += (entered[column] * code * Double(scales[at])).magnitude
            }
            // Codes and leasts are summed apart: what is of the codes may be larger than the sum.
            #expect((Double(ours[row]) - sum).magnitude <= 4e-6 * size)
        }
        let exact = Samples.product(Compute(threads: 1), x, count: 1, by: matrix)
        #expect((Samples.bits(exact) == Samples.bits(ours)) == !isCoded)
    }

    /// Every code of eight bits, NaN and zeros of both signs included, against the numbers of the standard.
    @Test(arguments: KernelVariant.tried)
    func everyEightBitFloatIsItsNumber(variant: KernelVariant) throws {
        let codes = (0..<256).map { UInt8($0) }
        let matrix = try #require(
            PackedWeights(
                .fp8(.tensor), rows: 2, columns: 128,
                codes: PackedPart(element: .float8, shape: [2, 128], source: MemorySource(codes)),
                scales: PackedPart(
                    element: .float32, shape: [1], source: MemorySource([Float(1)].withUnsafeBytes { Array($0) })))
        ).matrix
        for (code, value) in zip(codes, decoded(matrix, variant: variant)) {
            let (exponent, mantissa) = (Int(code >> 3 & 15), Double(code & 7))
            let size =
                exponent == 0
                ? mantissa / 512 : (1 + mantissa / 8) * Double(sign: .plus, exponent: exponent - 7, significand: 1)
            guard code & 127 != 127 else {
                #expect(value.isNaN)
                continue
            }
            #expect(Double(value) == (code < 128 ? size : -size) && value.sign == (code < 128 ? .plus : .minus))
        }
    }

    @Test func bytesAreThoseOfTheParts() throws {
        for packed in PackedCase.all {
            let weights = try #require(packed.weights)
            #expect(weights.matrix.byteCount == packed.parts.values.reduce(0) { $0 + $1.byteCount })
        }
    }

    @Test func aGroupThatThereIsNotGivesNoNumber() throws {
        let packed = try #require(PackedCase.all.first { $0.name.hasPrefix("gptq/4") && $0.name.hasSuffix("ordered") })
        var index = [Int32](repeating: 0, count: packed.columns)
        index[3] = 7
        index[5] = -1
        let bytes = index.withUnsafeBytes { Array($0) }
        let codes = try #require(packed.parts[.codes]), scales = try #require(packed.parts[.scales])
        let weights = try #require(
            PackedWeights(
                packed.scheme, rows: packed.rows, columns: packed.columns, codes: codes, scales: scales,
                zeroPoints: packed.parts[.zeroPoints],
                groupIndex: PackedPart(element: .int32, shape: [packed.columns], source: MemorySource(bytes))))
        let row = decoded(weights.matrix, rows: 0..<1)
        #expect(row[3].isNaN && row[5].isNaN && row.filter(\.isNaN).count == 2)
    }

    @Test func partsThatDoNotBelongTogetherAreRefused() throws {
        for packed in PackedCase.all {
            let codes = try #require(packed.parts[.codes]), scales = try #require(packed.parts[.scales])
            func weights(_ rows: Int, _ columns: Int, _ scales: PackedPart, _ zeros: PackedPart?) -> PackedWeights? {
                PackedWeights(
                    packed.scheme, rows: rows, columns: columns, codes: codes, scales: scales, zeroPoints: zeros)
            }
            let zeros = packed.parts[.zeroPoints]
            #expect(weights(packed.rows + 8, packed.columns, scales, zeros) == nil, "\(packed)")
            #expect(weights(packed.rows, packed.columns + 32, scales, zeros) == nil, "\(packed)")
            #expect(weights(packed.rows, packed.columns, codes, zeros) == nil, "\(packed)")
            #expect(weights(packed.rows, packed.columns, scales, zeros == nil ? scales : nil) == nil, "\(packed)")
        }
    }
}
