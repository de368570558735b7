import Formats
import Kernels
import Testing

@Suite struct KernelReportTests {
    @Test func everyKernelOfThisProcessorIsRight() {
        let report = KernelReport.verify()
        #expect(report.passes)
        for row in report.rows where !row.passes {
            Issue.record("\(row.kernel) \(row.variant): identical \(row.isIdentical), error \(row.largestError)")
        }
        #expect(Set(report.rows.map(\.variant)) == Set(KernelVariant.available))
        for kind in SampleMatrix.Kind.all {
            #expect(report.rows.contains { $0.kernel == "multiply \(kind)" })
        }
    }

    @Test func speedsAreMeasuredForEveryKind() {
        let compute = Compute(threads: 1)
        for kind in SampleMatrix.Kind.all {
            let speed = KernelSpeed.measure(
                kind, vectors: 2, rows: 70, columns: kind.columns(64), passes: 2, compute: compute)
            #expect((speed?.gigaflops ?? 0) > 0 && (speed?.gigabytesPerSecond ?? 0) > 0)
        }
        #expect(KernelSpeed.measure(.rows(.q8_0), vectors: 1, rows: 4, columns: 33, compute: compute) == nil)
    }
}
