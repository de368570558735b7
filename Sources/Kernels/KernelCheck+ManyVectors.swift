import Formats

extension KernelCheck {
    /// Products of so many vectors that short rows are woven, or rows and vectors turned, with every kind of remainder.
    static func productsOfManyVectors() -> [KernelCheck] {
        let shapes: [(kind: SampleMatrix.Kind, rows: Int, columns: Int, vectors: Int)] = [
            // Woven.
            (.rows(.f32), 43, 48, 24), (.rows(.bf16), 45, 256, 25), (.transposed(.bf16), 38, 112, 26),
            (.rows(.q8_0), 64, 512, 27),
            // Turned.
            (.rows(.f32), 211, 530, 97), (.rows(.bf16), 232, 519, 100), (.transposed(.bf16), 245, 512, 103),
            (.rows(.q8_0), 256, 544, 90),
        ]
        return shapes.compactMap { shape in
            SampleMatrix(shape.kind, rows: shape.rows, columns: shape.columns, seed: 2)
                .map { product(shape.kind, $0, vectors: shape.vectors) }
        }
    }
}
