import Architectures
import Inference
import Kernels
import Storage

/// How long it takes from a path to a model that can run.
struct OpenBenchmark {
    let path: String

    /// Opens the file some times over, each time from nothing; the first time is told apart, since it alone finds the
    /// process cold.
    func measure(runs: Int) throws -> BenchReport {
        var report = BenchReport()
        var times: [Double] = []
        var parts: [Double] = []
        let clock = ContinuousClock()
        for run in 0...runs {
            let start = clock.now
            let archive = try Archive.open(path)
            let read = clock.now
            let checkpoint = try Checkpoint(archive)
            let time = (clock.now - start).inSeconds * 1000
            if run == 0 {
                report.note("first_open_ms", time)
                report.note("bytes", archive.files.reduce(0) { $0 + $1.count })
                report.note("tensors", archive.tensors.count)
                report.note("vocabulary", checkpoint.model.blueprint.vocabularyCount)
            } else {
                times.append(time)
                parts.append((read - start).inSeconds * 1000)
            }
        }
        report.add("open_ms", "ms", times)
        report.add("of_which_reading_ms", "ms", parts)
        return report
    }
}
