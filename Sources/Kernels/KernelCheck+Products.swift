extension KernelCheck {
    /// Lengths, vectors and rows that leave every kind of remainder.
    static let lengths = [1, 15, 16, 17, 31, 32, 64, 256, 2880, 3072]
    static let vectorCounts = 1...7
    static let rowCounts = [1, 3, 5, 64]

    /// An error of a dot product, in units of the sum of its terms' magnitudes: 2880 terms make chains of 184 roundings.
    static let dotTolerance = 2e-6

    /// Every layout over awkward shapes.
    static func products() -> [KernelCheck] {
        SampleMatrix.Kind.all.flatMap { kind in
            lengths.flatMap { columns in
                rowCounts.flatMap { rows in products(kind, rows: rows, columns: columns) }
            }
        }
    }

    private static func products(_ kind: SampleMatrix.Kind, rows: Int, columns: Int) -> [KernelCheck] {
        guard let sample = SampleMatrix(kind, rows: rows, columns: columns, seed: 1) else { return [] }
        let decoding = KernelCheck(
            kernel: "decode \(kind)", tolerance: 0, truth: sample.values.map(Double.init),
            magnitudes: sample.values.map { Double($0.magnitude) },
            run: { compute in
                filled(rows * columns) { values in
                    for row in 0..<rows { compute.decodeRow(sample.matrix, row: row, into: values + row * columns) }
                }
            })
        // The remainders of long rows show at few vectors; all counts are tried on the short ones.
        let counts = columns > 64 && rows > 5 ? [1, 7] : Array(vectorCounts)
        return [decoding] + counts.map { product(kind, sample, vectors: $0) }
    }

    /// The products of vectors with weights, and the sums of their terms' magnitudes.
    /// - Shape: x [vector, column], both results [vector, row].
    static func dots(_ x: [Double], _ sample: SampleMatrix, bias: [Float]) -> (values: [Double], magnitudes: [Double]) {
        let columns = sample.matrix.columns
        var (values, magnitudes): ([Double], [Double]) = ([], [])
        for start in stride(from: 0, to: x.count, by: columns) {
            for row in bias.indices {
                var (sum, size) = (Double(bias[row]), Double(bias[row].magnitude))
                for column in 0..<columns {
                    let term = x[start + column] * Double(sample.values[row * columns + column])
                    sum += term
                    size += term.magnitude
                }
                values.append(sum)
                magnitudes.append(size)
            }
        }
        return (values, magnitudes)
    }

    static func product(_ kind: SampleMatrix.Kind, _ sample: SampleMatrix, vectors: Int) -> KernelCheck {
        let (rows, columns) = (sample.matrix.rows, sample.matrix.columns)
        let x = numbers(vectors * columns, "vectors")
        let bias = numbers(rows, "bias")
        let (truth, magnitudes) = dots(x.map(Double.init), sample, bias: bias)
        return KernelCheck(
            kernel: "multiply \(kind)", tolerance: dotTolerance, truth: truth, magnitudes: magnitudes,
            run: { compute in
                filled(vectors * rows) { compute.multiply(x, count: vectors, by: sample.matrix, bias: bias, into: $0) }
            })
    }
}
