import ArgumentParser
import Kernels
import Workbench

/// Tells which kernels this processor gets, each verified against the portable one.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "List the kernels this processor gets, each verified against the portable one.")

    @OptionGroup var options: SessionOptions
    @Flag(help: "Time them too.") var bench = false

    func run() throws {
        let report = KernelReport.verify()
        let output = Console(isQuiet: options.quiet)
        output.write("kernels in use: \(KernelVariant.best), \(options.threads) threads")
        output.write(KernelTable.verification(report, mode: options.mode))
        if bench { output.write(KernelTable.timings(threads: options.threads, mode: options.mode)) }
        if !report.passes { throw ExitStatus.failed.exit }
    }
}
