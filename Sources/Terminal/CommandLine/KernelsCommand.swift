import ArgumentParser
import Kernels
import Workbench

/// Tells which kernels this processor gets, each verified against the portable one.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "List the kernels this processor gets, each verified against the portable one.")

    @OptionGroup var options: SessionOptions
    @Flag(help: "Time them too, in both precisions.") var bench = false
    @Option(help: "Vectors of the products that are timed; otherwise 1 and 128.") var m: Int?
    @Option(help: "Elements of a vector; otherwise 2880, or 3072 where blocks are of 256.") var k: Int?
    @Option(help: "Weight rows; otherwise 2880.") var n: Int?
    @Option(help: "Time products with this format only, such as mxfp4.") var weights: String?
    @Flag(help: "Time every variant, not only the best.") var everyVariant = false

    /// Multiplications of one timed product at most, a minute of the slowest kernels.
    private static let mostWork = 1 << 36

    func validate() throws {
        let numbers = [m ?? 1, k ?? 1, n ?? 1]
        guard numbers.allSatisfy({ (1...1 << 24).contains($0) }) else {
            throw ValidationError("--m, --k and --n take 1 to \(1 << 24)")
        }
        guard (m ?? 128) * (k ?? 3072) <= Self.mostWork / (n ?? 2880) else {
            throw ValidationError("a product of --m × --k × --n is at most \(Self.mostWork) multiplications")
        }
        let names = (SampleMatrix.Kind.all + SampleMatrix.Kind.packings).map(\.description)
        guard weights.map(names.contains) ?? true else {
            throw ValidationError("--weights takes one of \(names.joined(separator: ", "))")
        }
    }

    private var shapes: KernelTable.Shapes {
        var shapes = KernelTable.Shapes()
        (shapes.m, shapes.k, shapes.n, shapes.weights) = (m, k, n, weights)
        shapes.hasEveryVariant = everyVariant
        return shapes
    }

    func run() throws {
        let report = KernelReport.verify()
        let output = Console(isQuiet: options.quiet)
        output.write("kernels in use: \(KernelVariant.best), \(options.threads) threads")
        output.write(KernelTable.verification(report, mode: options.mode))
        if bench { output.write(KernelTable.timings(shapes, threads: options.threads, mode: options.mode)) }
        if !report.passes { throw ExitStatus.failed.exit }
    }
}
