import Kernels
import Tensors

/// What the command line asks to be measured.
struct BenchRequest {
    static let usage = """
        usage: lancet-bench open FILE | engine FILE | forward FILE | growth
               | sweep FILE CLEAN CORRUPT ANSWER WRONG
               | paged FILE LIMIT
               | encode FORMAT VALUES COLUMNS OUT | quantize FILE OUT RECIPE [--pure]
               [--runs N] [--threads N] [--prompt N] [--decode N] [--precision exact|fast] [--importance FILE]
               [--fitting] [--routes random | MODEL:TEXT] [--json]
        """

    let verb: String
    let operands: [String]
    private(set) var runs = 5
    private(set) var threads = ThreadPool.processorCount
    /// Tokens of the prompt that prefill reads, and tokens decoded behind it.
    private(set) var prompt = 128
    private(set) var decode = 16
    private(set) var precision = Precision.exact
    /// A file of float32 values, one a column; for a model, an importance matrix.
    private(set) var importance: String?
    private(set) var isPure = false
    private(set) var printsJSON = false
    /// Where a paged run's experts come from: nil for the model's own router, `random`, or a model and a text over which its
    /// routes are taken, `MODEL:TEXT`.
    private(set) var routes: String?
    /// Whether experts are restricted to those that fit.
    private(set) var isFitting = false

    /// Reads arguments.
    /// - Throws: `BenchError` for an unknown verb or option, or a number that is none.
    init(_ arguments: [String]) throws(BenchError) {
        var operands: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--json": printsJSON = true
            case "--pure": isPure = true
            case "--precision":
                guard let precision = rest.popFirst().flatMap(Precision.init) else {
                    throw BenchError(subject: argument, message: "it takes exact or fast", remedy: Self.usage)
                }
                self.precision = precision
            case "--fitting": isFitting = true
            case "--routes": routes = rest.popFirst()
            case "--runs": runs = try Self.number(argument, rest.popFirst())
            case "--threads": threads = try Self.number(argument, rest.popFirst())
            case "--prompt": prompt = try Self.number(argument, rest.popFirst())
            case "--decode": decode = try Self.number(argument, rest.popFirst())
            case "--importance": importance = rest.popFirst()
            case _ where argument.hasPrefix("--"):
                throw BenchError(subject: argument, message: "there is no such option", remedy: Self.usage)
            default: operands.append(argument)
            }
        }
        verb = operands.first ?? ""
        self.operands = Array(operands.dropFirst())
        let counts = [
            "open": 1, "engine": 1, "forward": 1, "growth": 0, "paged": 2, "sweep": 5, "encode": 4, "quantize": 3,
        ]
        guard counts[verb] == self.operands.count else {
            throw BenchError(subject: "arguments", message: "nothing to measure was named", remedy: Self.usage)
        }
    }

    /// Runs the measurement.
    func measure() throws -> BenchReport {
        switch verb {
        case "open": try OpenBenchmark(path: operands[0]).measure(runs: runs)
        case "engine":
            try EngineBenchmark(path: operands[0], promptCount: prompt, decodeCount: decode, precision: precision)
                .measure(runs: runs, compute: Compute(threads: threads))
        case "forward":
            try ForwardBenchmark(path: operands[0], tokenCount: 16, precision: precision)
                .measure(runs: runs, compute: Compute(threads: threads))
        case "growth": try GrowthBenchmark(precision: precision).measure(runs: runs, compute: Compute(threads: threads))
        case "paged":
            try PagedBenchmark(
                path: operands[0], limit: Self.number("LIMIT", operands[1]), promptCount: prompt, decodeCount: decode,
                routes: routes, isFitting: isFitting, precision: precision
            ).measure(compute: Compute(threads: threads))
        case "encode":
            try EncodeBenchmark(
                format: operands[0], valuesPath: operands[1], columns: Self.number("COLUMNS", operands[2]),
                outPath: operands[3], importancePath: importance
            ).measure(runs: runs, compute: Compute(threads: threads))
        case "quantize":
            try QuantizeBenchmark(
                path: operands[0], outPath: operands[1], recipe: operands[2], isPure: isPure,
                importancePath: importance
            ).measure(runs: runs, compute: Compute(threads: threads))
        default:
            try SweepBenchmark(
                path: operands[0], clean: operands[1], corrupt: operands[2], answer: operands[3], wrong: operands[4]
            ).measure(runs: runs, compute: Compute(threads: threads))
        }
    }

    private static func number(_ option: String, _ text: String?) throws(BenchError) -> Int {
        guard let text, let number = Int(text), number > 0 else {
            throw BenchError(subject: option, message: "it takes a number from 1 on", remedy: usage)
        }
        return number
    }
}

/// What keeps a measurement from being made.
struct BenchError: Explained {
    let code = "bench"
    let subject: String
    let message: String
    let remedy: String?
}
