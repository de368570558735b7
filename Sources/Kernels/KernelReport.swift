/// Each kernel in each variant that this processor runs, held against the portable variant and the truth.
public struct KernelReport: Sendable {
    /// One kernel in one variant.
    public struct Row: Sendable {
        /// What is computed, such as `multiply q8_0`.
        public let kernel: String
        public let variant: KernelVariant
        /// Inputs tried: shapes with every kind of remainder.
        public let cases: Int
        /// Whether every result has the bits of the portable variant.
        public let isIdentical: Bool
        /// The largest error against double precision.
        /// - Units: of the element, or of the sum of the magnitudes of the terms it sums.
        public let largestError: Double
        /// The error that is allowed.
        public let tolerance: Double

        /// Whether the kernel is right.
        public var passes: Bool { isIdentical && largestError <= tolerance }
    }

    /// Kernels in a fixed order, the variants of each together.
    public let rows: [Row]

    /// Whether all are right.
    public var passes: Bool { rows.allSatisfy(\.passes) }

    /// Tries every kernel in the given variants.
    /// - Complexity: some seconds.
    public static func verify(_ variants: [KernelVariant] = KernelVariant.available) -> KernelReport {
        let checks =
            KernelCheck.products() + KernelCheck.productsOfManyVectors() + KernelCheck.packed() + KernelCheck.rows()
            + KernelCheck.attention() + KernelCheck.caches() + KernelCheck.codedProducts()
        let portable = Compute(threads: 1, variant: .portable)
        let expected = checks.map { $0.run(portable) }
        let names = checks.reduce(into: [String]()) { if !$0.contains($1.kernel) { $0.append($1.kernel) } }
        let computes = variants.map { Compute(threads: 1, variant: $0) }
        return KernelReport(
            rows: names.flatMap { name in
                let chosen = checks.indices.filter { checks[$0].kernel == name }
                // The others' kernels are those of AVX-512, but for `fast` products.
                let tried = computes.filter { $0.variant.hasAllKernels || name.hasPrefix("fast ") }
                return tried.map { compute in
                    let results = chosen.map { compute.variant == .portable ? expected[$0] : checks[$0].run(compute) }
                    return Row(
                        kernel: name, variant: compute.variant, cases: chosen.count,
                        isIdentical: zip(chosen, results).allSatisfy { KernelCheck.areIdentical(expected[$0], $1) },
                        largestError: zip(chosen, results).reduce(0) { max($0, checks[$1.0].largestError(of: $1.1)) },
                        tolerance: chosen.reduce(0) { max($0, checks[$1].tolerance) })
                }
            })
    }
}
