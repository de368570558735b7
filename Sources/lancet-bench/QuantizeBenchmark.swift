import Architectures
import Foundation
import Glibc
import Inference
import Kernels
import Storage
import Surgery
import Synchronization

/// How long it takes from a file to a file with a recipe's formats.
struct QuantizeBenchmark {
    let path: String
    let outPath: String
    /// A recipe of llama.cpp's, such as `q4_k_m`.
    let recipe: String
    /// Whether every matrix gets the recipe's base format.
    let isPure: Bool
    /// An importance matrix; nil where all columns matter alike.
    let importancePath: String?

    /// Opens, quantizes and saves some times over, the file being written anew each time.
    /// - Throws: `BenchError` for an unknown recipe; what opening, quantizing and saving throw.
    func measure(runs: Int, compute: Compute) throws -> BenchReport {
        guard let recipe = Recipes.named(recipe) else {
            let names = Recipes.all.map(\.name).joined(separator: ", ")
            throw BenchError(subject: recipe, message: "there is no such recipe", remedy: "take one of \(names)")
        }
        var report = BenchReport()
        var times: [Double] = []
        let memory = AnonymousMemory()
        for _ in 0..<runs {
            unlink(outPath)
            let start = ContinuousClock.now
            let written = try run(recipe, compute)
            times.append((ContinuousClock.now - start).inSeconds)
            if times.count == 1 { report.note("bytes_written", written) }
        }
        report.note("recipe", recipe.name)
        report.note("threads", compute.pool.threads)
        report.note("peak_anonymous_mib", memory.peak() / (1 << 20))
        report.add("seconds", "s", times)
        return report
    }

    private func run(_ recipe: Recipe, _ compute: Compute) throws -> Int {
        let checkpoint = try Checkpoint.open(path)
        let model = checkpoint.model
        var importance: Importance?
        if let importancePath {
            let file = try ImportanceFile.read(importancePath)
            importance = try checkpoint.family.importance(from: file, of: model).importance
        }
        let roles = Array(model.tensors.keys)
        let plan =
            try isPure
            ? QuantizationPlan(of: model, roles, as: .block(recipe.base))
            : QuantizationPlan(of: model, roles, by: recipe, hasImportance: importance != nil)
        let edit = try Quantization(plan).applied(to: model, compute: compute, importance: importance)
        return try checkpoint.save(edit.model, to: outPath)
    }
}

/// Watches what the process holds beyond the files that it maps, fifty times a second.
private final class AnonymousMemory: Sendable {
    private let most = Mutex(0)
    private let isDone = Atomic<Bool>(false)

    init() {
        Thread.detachNewThread { [self] in
            while !isDone.load(ordering: .relaxed) {
                look()
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    /// The most it held so far; ends the watch.
    /// - Units: bytes.
    func peak() -> Int {
        isDone.store(true, ordering: .relaxed)
        return most.withLock { $0 }
    }

    private func look() {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
        most.withLock { $0 = max($0, kibibytes * 1024) }
    }
}
