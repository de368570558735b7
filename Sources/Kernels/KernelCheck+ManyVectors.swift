import Formats

extension KernelCheck {
    /// Products of some vectors with rows that are short enough to be woven, with every kind of remainder.
    static func wovenProducts() -> [KernelCheck] {
        [
            manyProduct(.rows(.f32), rows: 43, columns: 48, vectors: 24),
            manyProduct(.rows(.bf16), rows: 45, columns: 256, vectors: 25),
            manyProduct(.transposed(.bf16), rows: 38, columns: 112, vectors: 26),
            manyProduct(.rows(.q8_0), rows: 64, columns: 512, vectors: 27),
        ].compactMap(\.self)
    }

    /// Products of so many vectors that rows and vectors are turned, with every kind of remainder.
    static func turnedProducts() -> [KernelCheck] {
        [
            manyProduct(.rows(.f32), rows: 211, columns: 530, vectors: 97),
            manyProduct(.rows(.bf16), rows: 232, columns: 519, vectors: 100),
            manyProduct(.transposed(.bf16), rows: 245, columns: 512, vectors: 103),
            manyProduct(.rows(.q8_0), rows: 256, columns: 544, vectors: 90),
        ].compactMap(\.self)
    }

    private static func manyProduct(
        _ kind: SampleMatrix.Kind, rows: Int, columns: Int, vectors: Int
    ) -> KernelCheck? {
        SampleMatrix(kind, rows: rows, columns: columns, seed: 2).map { product(kind, $0, vectors: vectors) }
    }
}
