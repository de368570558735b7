import Formats
import Kernels
import Language
import Plots

/// What `lancet kernels` prints.
public enum KernelTable {
    /// Each kernel variant, held against the portable one and a double-precision reference.
    public static func verification(_ report: KernelReport, mode: DisplayMode) -> String {
        render(
            ValueTable(
                columns: [
                    "kernel", "variant", "cases", "same bits as portable", "largest error", "tolerance", "passes",
                ],
                rows: report.rows.map { row in
                    [
                        .text(row.kernel), .text(String(describing: row.variant)), .integer(row.cases),
                        .text(row.isIdentical ? "yes" : "NO"), .number(row.largestError, decimals: nil),
                        .number(row.tolerance, decimals: nil), .text(row.passes ? "yes" : "NO"),
                    ]
                }), mode)
    }

    /// The products to time: x [M, K] times weights [N, K].
    public struct Shapes: Sendable {
        /// Vectors; nil for one and 128.
        public var m: Int?
        /// Elements of a vector; nil for 2880, or 3072 where blocks are of 256.
        public var k: Int?
        /// Weight rows; nil for 2880.
        public var n: Int?
        /// The spelling of the weights' format; nil for all.
        public var weights: String?
        /// Whether every variant is timed, not only the best.
        public var hasEveryVariant = false

        public init() {}
    }

    /// Times of products, in both precisions.
    public static func timings(_ shapes: Shapes, threads: Int, mode: DisplayMode) -> String {
        let variants = shapes.hasEveryVariant ? KernelVariant.available : [.best]
        let computes = variants.map { Compute(threads: threads, variant: $0) }
        let kinds = (SampleMatrix.Kind.all + SampleMatrix.Kind.packings).filter {
            shapes.weights == nil || $0.description == shapes.weights
        }
        let rows = kinds.flatMap { kind in
            computes.flatMap { compute in
                (shapes.m.map { [$0] } ?? [1, 128]).flatMap { timings(kind, vectors: $0, shapes, compute) }
            }
        }
        let best = Compute(threads: threads)
        let memory = KernelSpeed.memoryReadSpeed(compute: best)
        let table = ValueTable(
            columns: ["weights", "precision", "variant", "M", "K", "N", "GB/s", "GFLOP/s"], rows: rows)
        let peak = KernelSpeed.floatPeak(compute: best)
        return render(table, mode) + "\nmemory read: \(NumberText.fixed(memory, decimals: 1)) GB/s"
            + "\nfloat32 peak: \(NumberText.fixed(peak, decimals: 0)) GFLOP/s"
    }

    private static func timings(
        _ kind: SampleMatrix.Kind, vectors: Int, _ shapes: Shapes, _ compute: Compute
    ) -> [[ValueTable.Cell]] {
        let columns = shapes.k ?? (2880 % kind.blockLength == 0 ? 2880 : 3072)
        let rows = shapes.n ?? 2880
        return Precision.allCases.compactMap { precision in
            // In `exact` the last variants' kernels are those of AVX-512; not every layout has `fast` ones.
            guard precision == .fast ? kind.hasFastProducts : compute.variant.hasAllKernels || compute.variant == .best,
                let speed = KernelSpeed.measure(
                    kind, vectors: vectors, rows: rows, columns: columns,
                    matrices: max(1, min(8, (1 << 26) / max(1, rows * columns * vectors))),
                    compute: Compute(compute, precision: precision))
            else { return nil }
            return [
                .text(kind.description), .text(precision.rawValue), .text(compute.variant.rawValue), .integer(vectors),
                .integer(columns), .integer(rows), .number(speed.gigabytesPerSecond, decimals: 1),
                .number(speed.gigaflops, decimals: 0),
            ]
        }
    }

    private static func render(_ table: ValueTable, _ mode: DisplayMode) -> String {
        Display(mode: mode, options: TextOptions()).rendered(.object(TableValue(rows: table)))
    }
}
