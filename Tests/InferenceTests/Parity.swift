import Inference
import Kernels
import Storage
import Architectures
import Tensors
import TestSupport

/// How far Lancet may be from transformers.
enum Parity {
    /// The largest allowed difference, as a share of the range of the reference's values.
    static let bound: Float = 2e-4

    static let engine = Engine(compute: Compute(threads: 2))

    /// The largest difference over the range of the reference's finite values; infinity where only one is finite.
    static func distance(_ ours: [Float], _ theirs: [Float]) -> Float {
        guard ours.count == theirs.count else { return .infinity }
        var (low, high, most): (Float, Float, Float) = (.infinity, -.infinity, 0)
        for (a, b) in zip(ours, theirs) {
            if !b.isFinite, !a.isFinite, a == b { continue }
            guard a.isFinite, b.isFinite else { return .infinity }
            (low, high, most) = (min(low, b), max(high, b), max(most, abs(a - b)))
        }
        return most == 0 ? 0 : most / max(high - low, .leastNormalMagnitude)
    }

    /// The paths that hold an oracle's model: its GGUF file and its Hugging Face folder, where there are.
    static func paths(_ name: String) -> [String] {
        if name.hasPrefix("teach-") { return [Fixtures.teachingModelPath(name + "-bf16.gguf")] }
        let folder = Fixtures.path("oracles/" + name)
        return [folder + "/model.gguf", folder].filter {
            FileIdentity(path: $0.hasSuffix("gguf") ? $0 : $0 + "/config.json") != nil
        }
    }

    static func model(_ path: String) throws -> Model { try Checkpoint.open(path).model }

    /// The index of the largest value of each row, the lowest on ties.
    static func argmax(_ values: [Float], width: Int) -> [Int] {
        stride(from: 0, to: values.count, by: width).map { start in
            (start..<start + width).max { (values[$0], $1) < (values[$1], $0) }.map { $0 - start } ?? 0
        }
    }
}
