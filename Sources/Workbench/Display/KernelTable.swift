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

    /// Times of typical products with the best variant.
    public static func timings(threads: Int, mode: DisplayMode) -> String {
        let compute = Compute(threads: threads)
        var rows: [[ValueTable.Cell]] = []
        for kind in SampleMatrix.Kind.all {
            let columns = 2880 % kind.format.blockLength == 0 ? 2880 : 3072
            for vectors in [1, 128] {
                guard
                    let speed = KernelSpeed.measure(
                        kind, vectors: vectors, rows: 2880, columns: columns, matrices: vectors == 1 ? 8 : 1,
                        compute: compute)
                else { continue }
                rows.append([
                    .text(kind.description), .integer(vectors), .integer(columns), .integer(2880),
                    .number(speed.gigabytesPerSecond, decimals: 1), .number(speed.gigaflops, decimals: 0),
                ])
            }
        }
        let memory = KernelSpeed.memoryReadSpeed(compute: compute)
        let table = ValueTable(columns: ["weights", "M", "K", "N", "GB/s", "GFLOP/s"], rows: rows)
        return render(table, mode) + "\nmemory read: \(NumberText.fixed(memory, decimals: 1)) GB/s"
    }

    private static func render(_ table: ValueTable, _ mode: DisplayMode) -> String {
        Display(mode: mode, options: TextOptions()).rendered(.object(TableValue(rows: table)))
    }
}
