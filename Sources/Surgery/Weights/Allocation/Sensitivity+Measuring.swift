import Formats
import Inference
import Kernels
import Scoring
import Tensors

extension Sensitivity {
    /// Formats whose error is larger, relative to the weights, leave nothing of them: those of one and two bits, unless a
    /// model was trained for them.
    private static let largestError = 0.5

    /// Every group of a model in the formats that pay for it: those no other beats in both bytes and rounding error. Nothing
    /// is run, and no divergence known.
    /// - Parameters:
    ///   - importance: What errors are weighed by.
    ///   - progress: Told the number of groups done.
    /// - Throws: `Interrupted`.
    public static func unmeasured(
        _ model: Model, importance: Importance?, compute: Compute, progress: ((Int, _ total: Int) -> Void)? = nil
    ) throws -> Sensitivity {
        let groups = WeightGroup.all(of: model)
        let entries = try groups.enumerated().map { number, group in
            progress?(number, groups.count)
            return try options(group, model, importance, compute)
        }
        progress?(groups.count, groups.count)
        let variable = entries.reduce(0) { $0 + ($1.options.last?.bytes ?? 0) }
        return Sensitivity(
            entries: entries, fixedBytes: model.byteCount - variable,
            weightCount: model.tensors.values.reduce(0) { $0 + $1.rows * $1.columns }, corpus: "", n: 0)
    }

    /// Measures each group in its formats.
    ///
    /// Of a group's formats the smallest and the middle one are run; what the others cost follows by the power of the
    /// rounding error that leads from one to the other (two for small errors: divergence grows with their square).
    /// - Parameters:
    ///   - baseline: Of the model that the formats are for.
    ///   - importance: What errors are weighed by in what is made of the result.
    ///   - measuresAll: Whether to run every format.
    ///   - progress: Told the number of groups done.
    /// - Throws: what running throws; `StorageError` without room for a group; `Interrupted`.
    public func measured(
        against baseline: Baseline, importance: Importance? = nil, compute: Compute, measuresAll: Bool = false,
        progress: ((Int, _ total: Int) -> Void)? = nil
    ) throws -> Sensitivity {
        var entries = entries
        for number in entries.indices {
            try Interruption.check()
            progress?(number, entries.count)
            try entries[number].measure(against: baseline, importance, compute, measuresAll: measuresAll)
        }
        progress?(entries.count, entries.count)
        return Sensitivity(
            entries: entries, fixedBytes: fixedBytes, weightCount: weightCount, corpus: baseline.corpus, n: baseline.n)
    }

    /// The formats that pay: each larger one with a smaller error, all smaller than the group is now.
    private static func options(
        _ group: WeightGroup, _ model: Model, _ importance: Importance?, _ compute: Compute
    ) throws -> Entry {
        let matrices = group.matrices(of: model)
        let bytesNow = matrices.reduce(0) { $0 + $1.matrix.byteCount }
        var options: [Option] = []
        for format in WeightFormat.writable where format.isQuantized {
            guard case .block = format, let bytes = bytes(matrices.map(\.matrix), format), bytes < bytesNow else {
                continue
            }
            try Interruption.check()
            var error = SampledError()
            for number in stride(from: 0, to: matrices.count, by: max(1, matrices.count / 4)) {
                let (role, matrix) = matrices[number]
                error =
                    error
                    + .measure(
                        matrix, as: format, importance: importance?.weights(of: role), places: 4, compute: compute)
            }
            options.append(
                Option(format: format, bytes: bytes, error: error.relative, divergence: 0, isMeasured: false))
        }
        var kept: [Option] = []
        for option in options.sorted(by: { ($0.bytes, $0.error) < ($1.bytes, $1.error) })
        where option.error <= largestError && kept.last.map({ option.error < $0.error }) ?? true {
            kept.append(option)
        }
        let now = matrices.first.map { WeightFormat($0.matrix) } ?? .block(.f32)
        kept.append(Option(format: now, bytes: bytesNow, error: 0, divergence: 0, isMeasured: true))
        return Entry(group: group, options: kept)
    }

    private static func bytes(_ matrices: [Matrix], _ format: WeightFormat) -> Int? {
        var sum = 0
        for matrix in matrices {
            guard let bytes = format.byteCount(rows: matrix.rows, columns: matrix.columns) else { return nil }
            sum += bytes
        }
        return sum
    }
}

extension Sensitivity.Entry {
    fileprivate mutating func measure(
        against baseline: Baseline, _ importance: Importance?, _ compute: Compute, measuresAll: Bool
    ) throws {
        let count = options.count - 1
        guard count > 0 else { return }
        for index in measuresAll ? Array(0..<count) : Set([0, count / 2]).sorted() {
            let plan = try QuantizationPlan(
                of: baseline.model,
                Dictionary(uniqueKeysWithValues: group.roles.map { ($0, options[index].format) }), title: "")
            let copy = try Quantization(plan).applied(to: baseline.model, compute: compute, importance: importance)
            options[index].divergence = try baseline.divergence(
                of: copy.model, from: group.firstLayer(of: baseline.model))
            options[index].isMeasured = true
        }
        foresee(count)
    }

    /// Fills in what was not measured, and lets no larger format cost more than a smaller one.
    private mutating func foresee(_ count: Int) {
        let measured = (0..<count).filter { options[$0].isMeasured }
        for index in 0..<count where !options[index].isMeasured {
            // The measured neighbours, or the last two below it.
            let below = measured.last { $0 < index } ?? measured[0]
            let above = measured.first { $0 > index } ?? measured.last { $0 < below }
            options[index].divergence = foreseen(options[index].error, options[below], above.map { options[$0] })
        }
        for index in (0..<count).dropFirst() {
            options[index].divergence = min(options[index].divergence, options[index - 1].divergence)
        }
    }

    private func foreseen(_ error: Double, _ a: Sensitivity.Option, _ b: Sensitivity.Option?) -> Double {
        guard a.error > 0, a.divergence > 0 else { return a.divergence }
        var power = 2.0
        if let b, b.error > 0, b.divergence > 0, a.error != b.error {
            power = Elementary.logarithm(a.divergence / b.divergence) / Elementary.logarithm(a.error / b.error)
            power = min(max(power, 1), 4)
        }
        return a.divergence * Elementary.exponential(power * Elementary.logarithm(max(error, 1e-12) / a.error))
    }
}
