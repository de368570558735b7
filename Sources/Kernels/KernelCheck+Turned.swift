import Formats

extension KernelCheck {
    /// Products of so many vectors that rows and vectors are turned, with every kind of remainder.
    static func turnedProducts() -> [KernelCheck] {
        [
            turnedProduct(.rows(.f32), rows: 211, columns: 530, vectors: 97),
            turnedProduct(.rows(.bf16), rows: 232, columns: 519, vectors: 100),
            turnedProduct(.transposed(.bf16), rows: 245, columns: 512, vectors: 103),
            turnedProduct(.rows(.q8_0), rows: 256, columns: 544, vectors: 90),
        ].compactMap(\.self)
    }

    private static func turnedProduct(
        _ kind: SampleMatrix.Kind, rows: Int, columns: Int, vectors: Int
    ) -> KernelCheck? {
        SampleMatrix(kind, rows: rows, columns: columns, seed: 2).map { product(kind, $0, vectors: vectors) }
    }
}
