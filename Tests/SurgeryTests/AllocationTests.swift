import Formats
import Inference
import Kernels
import Scoring
import Surgery
import Testing

struct AllocationTests {
    private static func measured(
        _ name: String, all: Bool = false
    ) throws -> (model: Model, engine: Engine, baseline: Baseline, sensitivity: Sensitivity) {
        let tiny = try TinyModel(name)
        let baseline = try Baseline(tiny.model, over: try tiny.corpus(), engine: tiny.engine)
        let compute = tiny.engine.compute
        let sensitivity = try Sensitivity.unmeasured(tiny.model, importance: nil, compute: compute)
            .measured(against: baseline, compute: compute, measuresAll: all)
        return (tiny.model, tiny.engine, baseline, sensitivity)
    }

    /// Whether two models' matrices hold the same values.
    private static func holdTheSame(_ roles: [Role], _ a: Model, _ b: Model, _ compute: Compute) throws -> Bool {
        try roles.allSatisfy { role in
            let (x, y) = (try #require(a.tensors[role]), try #require(b.tensors[role]))
            var (before, after) = ([Float](repeating: 0, count: x.columns), [Float](repeating: 0, count: x.columns))
            return (0..<x.rows).allSatisfy { row in
                compute.decodeRow(x, row: row, into: &before)
                compute.decodeRow(y, row: row, into: &after)
                return before == after
            }
        }
    }

    /// A pass that begins where weights differ says what a whole comparison says, and sees every group that changes.
    @Test(arguments: ["gptoss-yarn", "qwen3moe-dense-layers", "qwen3moe-tied"])
    func aResumedPassHasTheDivergenceOfAWholeOne(name: String) throws {
        let tiny = try TinyModel(name)
        let corpus = try tiny.corpus()
        let baseline = try Baseline(tiny.model, over: corpus, engine: tiny.engine)
        var unchanged: [WeightGroup] = []
        for group in WeightGroup.all(of: tiny.model) {
            let plan = try QuantizationPlan(of: tiny.model, group.roles, as: .block(.q4_0))
            guard !plan.entries.isEmpty else { continue }
            let copy = try Quantization(plan).applied(to: tiny.model, compute: tiny.engine.compute).model
            let first = group.part == .output ? tiny.blueprint.layers.count : group.layer
            let resumed = try baseline.divergence(of: copy, from: first)
            #expect(resumed == (try baseline.divergence(of: copy, from: nil)), "\(group.part)")
            let isSame = try Self.holdTheSame(group.roles, tiny.model, copy, tiny.engine.compute)
            #expect((resumed > 0) == !isSame, "\(group.part) of \(group.layer ?? -1): \(resumed)")
            if isSame { unchanged.append(group) }
        }
        // Rows of 48 are no whole number of q4_0's blocks: f16 stands in, which holds these bf16 weights exactly.
        #expect(unchanged.map(\.part) == (name == "qwen3moe-dense-layers" ? [.down] : []))
        let copy = try Quantization(
            try QuantizationPlan(of: tiny.model, Array(tiny.model.tensors.keys), as: .block(.q4_0))
        ).applied(to: tiny.model, compute: tiny.engine.compute).model
        let whole = try Comparison.measure(copy, to: tiny.model, over: corpus, engine: tiny.engine)
        // The comparison leaves out the last position, whose next token nobody knows.
        let resumed = try baseline.divergence(of: copy, from: nil)
        #expect(abs(resumed / whole.divergence.mean - 1) < 0.5 && whole.n < baseline.n)
    }

    @Test(arguments: ["gptoss-yarn", "qwen3moe-plain"]) func anAllocationKeepsItsBudgetAndUsesIt(name: String) throws {
        let (model, engine, baseline, sensitivity) = try Self.measured(name)
        let most = model.byteCount
        var last = Double.infinity
        for share in [0.0, 0.1, 0.25, 0.5, 0.75, 1.0] {
            let budget = sensitivity.leastBytes + Int(share * Double(most - sensitivity.leastBytes))
            let allocation = try sensitivity.allocation(within: budget)
            #expect(allocation.bytes <= budget)
            #expect(allocation.foreseenDivergence <= last)
            last = allocation.foreseenDivergence
            let plan = try QuantizationPlan(of: model, allocation.formats, title: "")
            #expect(most - plan.bytesBefore + plan.bytesAfter == allocation.bytes)
            let again = try sensitivity.allocation(within: budget)
            #expect(again.formats == allocation.formats)
            let copy = try Quantization(plan).applied(to: model, compute: engine.compute).model
            #expect(copy.byteCount == allocation.bytes)
            // A stack has one type, and routers and norms are as they were.
            #expect(MixedStack.all(in: copy).isEmpty)
            for (role, matrix) in copy.tensors where !QuantizationPlan.largeParts.contains(role.part) {
                #expect(matrix.format == model.tensors[role]?.format)
            }
            if share == 1 { #expect(try baseline.divergence(of: copy, from: nil) == 0) }
        }
        let error = #expect(throws: SurgeryError.self) {
            try sensitivity.allocation(within: sensitivity.leastBytes - 1)
        }
        #expect(error?.remedy?.contains("\(sensitivity.leastBytes)") ?? false)
    }

    /// What is foreseen from two measured formats is near what all of them measure.
    @Test(arguments: ["gptoss-yarn", "qwen3moe-plain"]) func theLawOfErrorsHolds(name: String) throws {
        let (_, _, _, foreseen) = try Self.measured(name)
        let (_, _, _, all) = try Self.measured(name, all: true)
        var ratios: [Double] = []
        for (a, b) in zip(foreseen.entries, all.entries) {
            #expect(a.options.map(\.format) == b.options.map(\.format) && a.group == b.group)
            for (x, y) in zip(a.options, b.options) where !x.isMeasured && y.divergence > 1e-12 {
                ratios.append(x.divergence / y.divergence)
            }
        }
        ratios.sort()
        try #require(ratios.count > 10)
        let median = ratios[ratios.count / 2]
        #expect(median > 0.5 && median < 2)
        #expect(ratios[ratios.count / 10] > 0.2 && ratios[ratios.count * 9 / 10] < 5)
    }

    /// Of as many bytes, the allocation moves the model less than one format for all.
    @Test(arguments: ["gptoss-yarn", "qwen3moe-plain"]) func itBeatsOneFormatForAll(name: String) throws {
        let (model, engine, baseline, sensitivity) = try Self.measured(name)
        for format in [BlockFormat.q4_0, .q5_0] {
            let uniform = try QuantizationPlan(of: model, Array(model.tensors.keys), as: .block(format))
            let bytes = model.byteCount - uniform.bytesBefore + uniform.bytesAfter
            let mixed = try QuantizationPlan(
                of: model, try sensitivity.allocation(within: bytes).formats, title: "")
            let divergences = try [uniform, mixed].map { plan in
                try baseline.divergence(
                    of: try Quantization(plan).applied(to: model, compute: engine.compute).model, from: nil)
            }
            #expect(divergences[1] <= divergences[0], "\(format.name)")
        }
    }

    @Test func expertsGetBitsByTheirUse() throws {
        let tiny = try TinyModel("gptoss-yarn")
        let counts = tiny.blueprint.layers.map(\.expertCount)
        let usage = counts.enumerated().map { layer, count in
            (0..<count).map { Double(($0 * 7 + layer * 3) % count) }
        }
        let formats = FrequencyRule().formats(of: tiny.model, usage: usage)
        for (layer, count) in counts.enumerated() {
            let names = (0..<count).map { expert -> String in
                guard case .block(let format)? = formats[Role(.up, layer: layer, expert: expert)] else { return "" }
                return format.name
            }
            let order = usage[layer].indices.sorted { (usage[layer][$1], $0) < (usage[layer][$0], $1) }
            let fifth = (count + 4) / 5
            #expect(order.prefix(fifth).allSatisfy { names[$0] == "q8_0" })
            #expect(order.suffix(fifth).allSatisfy { names[$0] == "q3_k" })
            #expect(order.dropFirst(fifth).dropLast(fifth).allSatisfy { names[$0] == "q4_k" })
            #expect(formats[Role(.router, layer: layer)] == nil)
        }
        let plan = try QuantizationPlan(of: tiny.model, formats, title: "by use")
        let copy = try Quantization(plan).applied(to: tiny.model, compute: tiny.engine.compute).model
        let stacks = MixedStack.all(in: copy)
        #expect(!stacks.isEmpty && stacks.allSatisfy { $0.formats.first?.name == "q8_0" })
        let widened = try Quantization(QuantizationPlan(wideningStacksOf: copy)).applied(
            to: copy, compute: tiny.engine.compute
        ).model
        #expect(MixedStack.all(in: widened).isEmpty)
        for stack in stacks {
            for role in stack.roles { #expect(widened.tensors[role]?.format == .q8_0) }
        }
    }
}
