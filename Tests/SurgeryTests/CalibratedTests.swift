import Architectures
import Formats
import Foundation
import Inference
import Kernels
import Scoring
import Surgery
import TeachingSupport
import Tensors
import TestSupport
import Testing

/// What calibrated edits of whole models keep to, and that they beat rounding to nearest on the teaching models.
struct CalibratedTests {
    /// A teaching model, windows of 128 tokens to calibrate on, and others to measure on.
    struct Bench {
        let teaching: TeachingModel
        let calibration: Calibration
        /// One for each held-out window.
        let held: [Baseline]

        /// - Parameter places: Which of every eight windows are measured on; the first of them are calibrated on.
        init(_ name: String, measuredAt places: Set<Int> = [1, 5]) throws {
            let teaching = try TeachingModel(name)
            let windows = try teaching.windows(length: 128)
            self.teaching = teaching
            calibration = Calibration(over: try windows.sliced(from: 0, to: nil, by: 8), engine: teaching.engine)
            held = try windows.items.enumerated().filter { places.contains($0.offset % 8) }.map { _, item in
                let window = TokenCorpus(name: "held-out window", items: [item])
                return try Baseline(teaching.model, over: window, engine: teaching.engine)
            }
        }

        var model: Model { teaching.model }
        var compute: Compute { teaching.engine.compute }

        /// The mean divergence of an edited model from the whole one in each held-out window.
        func divergences(_ edited: Model) throws -> [Double] {
            try held.map { try $0.divergence(of: edited, from: nil) }
        }

        /// The mean divergence over all held-out windows.
        func divergence(_ edited: Model) throws -> Double {
            try divergences(edited).reduce(0, +) / Double(held.count)
        }

        func plan(_ format: WeightFormat) throws -> QuantizationPlan {
            try QuantizationPlan(of: model, model.tensors.keys.filter { $0.layer != nil }, as: format)
        }
    }

    /// How the divergences of one edit stand to those of another, window by window.
    struct Pairing: CustomStringConvertible {
        /// Mean difference, and ln of the ratio; below 0 where the first is nearer to the whole model.
        var (difference, logarithm) = (Summary(), Summary())
        var nearer = 0

        init(_ edit: [Double], _ other: [Double]) {
            for (a, b) in zip(edit, other) {
                difference.add(a - b)
                logarithm.add(log(max(a, 1e-12) / max(b, 1e-12)))
                nearer += a < b ? 1 : 0
            }
        }

        /// By how many of its standard errors each is below 0.
        var differenceErrors: Double { -difference.mean / difference.standardError }
        var logarithmErrors: Double { -logarithm.mean / logarithm.standardError }

        var description: String {
            "mean difference \(difference.mean) ± \(difference.standardError), ratio in a typical window "
                + "\(exp(logarithm.mean)), \(logarithmErrors) standard errors below 1, nearer in \(nearer) of \(difference.count)"
        }
    }

    static let formats: [WeightFormat] = [.block(.q4_0), .packed(.words(bits: 4, .group(64), isSymmetric: true))]

    /// A few positions hold most of a mean divergence: the ten largest of twelve thousand a quarter to a third. They are those at
    /// which a model decides between two answers (a digit of a sum, a word looked up earlier in the window), in about half of
    /// them without any expert chosen otherwise. So edits are compared window by window.
    @Test(arguments: TeachingModel.names, formats)
    func gptqAndAwqComeCloserThanNearest(name: String, format: WeightFormat) throws {
        let bench = try Bench(name)
        let plan = try bench.plan(format)
        let nearest = try bench.divergences(
            Quantization(plan).applied(to: bench.model, compute: bench.compute).model)
        let (edit, encoded) = try GPTQ(plan).applied(to: bench.model, over: bench.calibration)
        #expect(encoded.count == plan.entries.count && encoded.contains { $0.hasFeedback })
        #expect(edit.model.byteCount == bench.model.byteCount - plan.bytesBefore + plan.bytesAfter)
        let gptq = Pairing(try bench.divergences(edit.model), nearest)
        #expect(gptq.logarithm.mean < log(0.4) && gptq.logarithmErrors > 5, "gptq: \(gptq)")
        #expect(gptq.differenceErrors > 2 && gptq.nearer * 10 > gptq.difference.count * 8, "gptq: \(gptq)")
        let (scaledEdit, scaled) = try AWQ(plan).applied(to: bench.model, over: bench.calibration)
        #expect(scaled.allSatisfy { $0.error <= $0.plainError } && scaled.contains { $0.alpha > 0 })
        let awq = Pairing(try bench.divergences(scaledEdit.model), nearest)
        // Of gptoss' q4_0, whose scales are searched for anyway, AWQ takes too little off to be told from nothing on these windows.
        let isShown = !(name == "gptoss" && format == .block(.q4_0))
        #expect(awq.logarithmErrors > (isShown ? 2 : 0) && awq.differenceErrors > (isShown ? 0 : -1), "awq: \(awq)")
    }

    /// Formats that the test above leaves out, superblocks among them: behind the layer, the residual stream at a typical position
    /// is nearer to what it was.
    @Test(arguments: TeachingModel.names, [BlockFormat.q4_k, .iq4_xs, .iq4_nl, .mxfp4])
    func awqMovesALayerLessThanNearest(name: String, format: BlockFormat) throws {
        let bench = try Bench(name, measuredAt: [])
        let held = try bench.teaching.windows(length: 128).sliced(from: 3, to: nil, by: 32)
        let site = Site(.residPost, layer: 2)
        let roles = bench.model.tensors.keys.filter { $0.layer == 2 }
        let plan = try QuantizationPlan(of: bench.model, roles, as: .block(format))
        let nearest = try Quantization(plan).applied(to: bench.model, compute: bench.compute).model
        let awq = try AWQ(plan).applied(to: bench.model, over: bench.calibration).edit.model
        var errors: [[Double]] = [[], []]
        for item in held.items {
            let streams = try [bench.model, nearest, awq].map { model in
                try bench.teaching.engine.run(model, tokens: item.tokens).value(of: site).values
            }
            let width = bench.model.blueprint.hiddenSize
            for start in stride(from: 0, to: streams[0].count, by: width) {
                for edit in errors.indices {
                    errors[edit].append(
                        (start..<start + width).reduce(0) { sum, index in
                            let difference = Double(streams[edit + 1][index]) - Double(streams[0][index])
                            return sum + difference * difference
                        })
                }
            }
        }
        let pairing = Pairing(errors[1], errors[0])
        #expect(pairing.logarithmErrors > 2, "\(pairing)")
    }

    @Test(arguments: TinyModel.names.filter { !$0.contains("mxfp4") })
    func foldedScalesLeaveTheModelWhatItWas(name: String) throws {
        let tiny = try TinyModel(name)
        let calibration = Calibration(over: try tiny.corpus(windows: 6, length: 32), engine: tiny.engine)
        let roles = tiny.model.tensors.filter { $0.key.layer != nil && $0.value.columns % 32 == 0 }.keys
        let plan = try QuantizationPlan(of: tiny.model, Array(roles), as: .block(.q4_0))
        let (edit, scaled) = try AWQ(plan).applied(to: tiny.model, over: calibration, isFoldedOnly: true)
        try #require(scaled.contains { $0.alpha > 0 })
        let tokens = tiny.tokens(24, seed: 3)
        let before = try tiny.engine.run(tiny.model, tokens: tokens).logits.values
        let after = try tiny.engine.run(edit.model, tokens: tokens).logits.values
        let (low, high) = (before.min() ?? 0, before.max() ?? 0)
        let most = zip(before, after).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(most < 2e-5 * (high - low), "\(most) of \(high - low)")
        let isMoved = zip(before, after).contains { $0 != $1 }
        #expect(isMoved)
    }

    @Test func awqRefusesWhatIsNotFourBitsOfWeightsAlone() throws {
        let tiny = try TeachingModel("qwen3moe")
        let roles = tiny.model.tensors.keys.filter { $0.expert != nil }
        for (format, word) in [
            (WeightFormat.block(.q8_0), "another method"), (.packed(.w4a8), "fallback"),
        ] {
            let plan = try QuantizationPlan(of: tiny.model, Array(roles), as: format)
            let error = #expect(throws: SurgeryError.self) { try AWQ(plan) }
            #expect(error?.code == "awq.format" && error?.remedy?.contains(word) ?? false)
        }
    }

    @Test func fewTokensMeanRoundingToNearest() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let calibration = Calibration(over: try tiny.corpus(windows: 2, length: 16), engine: tiny.engine)
        let roles = tiny.model.tensors.keys.filter { $0.expert != nil }
        let plan = try QuantizationPlan(of: tiny.model, Array(roles), as: .block(.q4_0))
        var options = GPTQ.Options()
        options.leastTokens = 8
        let (edit, encoded) = try GPTQ(plan, options: options).applied(to: tiny.model, over: calibration)
        #expect(encoded.contains { $0.hasFeedback } && encoded.contains { !$0.hasFeedback })
        for entry in encoded { #expect(entry.hasFeedback == (entry.tokens >= 8), "\(entry)") }
        #expect(edit.notes.contains { $0.contains("rounded to nearest") })
        let plain = try Quantization(plan).applied(to: tiny.model, compute: tiny.engine.compute).model
        for entry in encoded where !entry.hasFeedback {
            let (a, b) = (try #require(edit.model.tensors[entry.role]), try #require(plain.tensors[entry.role]))
            #expect(bytes(a) == bytes(b))
        }
    }

    @Test func threadsChangeNoBitOfAnyMethod() throws {
        var held: [[String]] = []
        for threads in [1, 3] {
            let tiny = try TinyModel("gptoss-yarn", threads: threads)
            let calibration = Calibration(over: try tiny.corpus(windows: 4, length: 24), engine: tiny.engine)
            let roles = tiny.model.tensors.filter { $0.key.layer != nil && $0.value.columns % 32 == 0 }.keys
            let plan = try QuantizationPlan(of: tiny.model, Array(roles), as: .block(.q4_0))
            let models = [
                try GPTQ(plan).applied(to: tiny.model, over: calibration).edit.model,
                try AWQ(plan).applied(to: tiny.model, over: calibration).edit.model,
            ]
            held.append(
                try models.flatMap { model in
                    try plan.entries.map { "\(bytes(try #require(model.tensors[$0.role])))" }
                })
        }
        #expect(held[0] == held[1])
    }

    @Test(arguments: TeachingModel.names)
    func sparserMethodsLoseLess(name: String) throws {
        let bench = try Bench(name, measuredAt: [1])
        let roles = bench.model.tensors.keys.filter { $0.expert != nil && $0.part.isMultiplied }
        var errors: [Sparsity.Method: Double] = [:]
        for method in Sparsity.Method.allCases {
            let (edit, cuts) = try Sparsity(of: bench.model, Array(roles), method: method)
                .applied(to: bench.model, over: bench.calibration, compute: bench.compute)
            #expect(edit.model.byteCount == bench.model.byteCount && cuts.count == roles.count)
            for cut in cuts { #expect(cut.zeros * 2 >= cut.elements) }
            let role = try #require(cuts.first).role
            let values = decoded(try #require(edit.model.tensors[role]), bench.compute)
            for start in stride(from: 0, to: values.count, by: 4) {
                #expect(values[start..<start + 4].count { $0 == 0 } >= 2)
            }
            errors[method] = try bench.divergence(edit.model)
        }
        let (magnitude, wanda, sparsegpt) = (
            try #require(errors[.magnitude]), try #require(errors[.wanda]), try #require(errors[.sparsegpt])
        )
        #expect(sparsegpt < wanda && wanda < magnitude)
    }

    @Test func onlyFloatMatricesOfWholeFoursAreCut() throws {
        let tiny = try TinyModel("gptoss-q8_0")
        let roles = tiny.model.tensors.filter { $0.value.format == .q8_0 && $0.key.expert != nil }.keys
        let error = #expect(throws: SurgeryError.self) {
            try Sparsity(of: tiny.model, Array(roles), method: .magnitude)
        }
        #expect(error?.code == "sparsify.quantized" && error?.remedy?.contains("dequantize") ?? false)
        let float = try TinyModel("gptoss-yarn")
        let experts = float.model.tensors.keys.filter { $0.expert != nil }
        #expect(throws: SurgeryError.self) {
            try Sparsity(of: float.model, Array(experts), method: .wanda)
                .applied(to: float.model, over: nil, compute: float.engine.compute)
        }
        #expect(throws: SurgeryError.self) {
            try Sparsity(of: float.model, [Role(.sinks, layer: 0)], method: .magnitude)
        }
    }

    private func bytes(_ matrix: Matrix) -> [UInt8] {
        if let packed = matrix.packed { return packed.codes.withBytes { Array($0) } }
        return matrix.source.withBytes(matrix.offset..<matrix.offset + matrix.byteCount) { Array($0) }
    }

    private func decoded(_ matrix: Matrix, _ compute: Compute) -> [Float] {
        (0..<matrix.rows).flatMap { row in
            var values = [Float](repeating: 0, count: matrix.columns)
            compute.decodeRow(matrix, row: row, into: &values)
            return values
        }
    }
}
