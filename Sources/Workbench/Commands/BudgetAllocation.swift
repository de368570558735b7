import Architectures
import Inference
import Language
import Plots
import Scoring
import Storage
import Surgery

/// What `to BUDGET over CORPUS` and `by frequency over CORPUS` ask of `quantize`.
struct BudgetAllocation {
    let owner: ModelValue
    let call: Invocation
    var importance: Importance?

    /// A plan for so many bits a weight, or so many bytes.
    /// - Returns: the plan, and what should be said of it.
    func plan(to argument: BoundArgument, in session: Session) throws -> (QuantizationPlan, notes: [String]) {
        // Measuring takes minutes: what cannot be meant is refused before.
        let number = try argument.asNumber()
        guard number.unit == .bits || number.unit == .bytes else {
            let spelled = number.unit == .none ? number.description : "4.25"
            throw LanguageError(
                .wrongKind, "a budget is bits a weight or a size, and \(number.description) is neither",
                help: "Write to \(spelled)bits for bits a weight, or to \(spelled)GiB for a size.",
                span: argument.span)
        }
        let tensorBytes = number.unit == .bytes ? try bytes(number, argument) : nil
        let corpus = try call.windows(for: owner)
        let options = try Sensitivity.unmeasured(
            owner.model, importance: importance, compute: session.engine.compute,
            progress: session.progress("sample", unit: "groups"))
        let budget = tensorBytes ?? options.bytes(bitsPerWeight: number.value)
        do { try options.check(budget: budget) } catch {
            var error = LanguageError(any: error)
            error.span = argument.span
            throw error
        }
        let sensitivity = try measured(options, over: corpus, in: session)
        let allocation = try sensitivity.allocation(within: budget)
        let plan = try QuantizationPlan(of: owner.model, allocation.formats, title: number.description)
        let bits = NumberText.fixed(sensitivity.bits(allocation.bytes), decimals: 3)
        return (
            plan,
            [
                "budget \(NumberText.bytes(budget)): \(NumberText.grouped(allocation.bytes)) of "
                    + "\(NumberText.grouped(budget)) bytes are used, \(bits) bits a weight",
                "divergence to expect: \(NumberText.general(allocation.foreseenDivergence, significant: 3)) nats, "
                    + "each group's measured alone over n = \(NumberText.grouped(sensitivity.n)) positions of "
                    + sensitivity.corpus,
            ]
        )
    }

    /// The rule of thumb: 8 bits for the experts used most, 4, and 3 for the rarest.
    func byFrequency(in session: Session) throws -> (QuantizationPlan, notes: [String]) {
        let corpus = try call.windows(for: owner)
        let routes = try Routes.trace(
            owner.model, over: corpus, engine: session.engine, progress: session.progress("trace", corpus))
        var usage: [[Double]?] = owner.model.blueprint.layers.map { _ in nil }
        for layer in routes.layers { usage[layer.layer] = layer.usage }
        let formats = FrequencyRule().formats(of: owner.model, usage: usage)
        let plan = try QuantizationPlan(of: owner.model, formats, title: "experts by frequency")
        return (
            plan,
            [
                "a fifth of the experts at 8 bits, the rarest fifth at 3, by use over "
                    + "\(NumberText.grouped(routes.tokenCount)) tokens of \(routes.corpus)",
                "experts of one tensor now differ in type, which a GGUF stack cannot hold: save m \"x.gguf\" stacks "
                    + "widest, or stacks apart",
            ]
        )
    }

    /// What each group of weights costs in each format, measured over a corpus.
    private func measured(
        _ options: Sensitivity, over corpus: TokenCorpus, in session: Session
    ) throws -> Sensitivity {
        let baseline = try Baseline(
            owner.model, over: corpus, engine: session.engine, firstToken: try owner.windowStart(),
            progress: session.progress("run", corpus))
        return try options.measured(
            against: baseline, importance: importance, compute: session.engine.compute,
            progress: session.progress("measure", unit: "groups"))
    }

    private func bytes(_ number: Number, _ argument: BoundArgument) throws -> Int {
        let value = number.value.rounded(.down)
        guard value >= 0, value < 9e18 else {
            throw LanguageError(.index, "this is no size in bytes", help: "Write a size: 6GiB.", span: argument.span)
        }
        // What is not weights: metadata, the tokenizer and padding take their room in the file too.
        let archive = owner.checkpoint.archive
        let rest =
            archive.container == .safetensors
            ? 0 : archive.fileBytes - archive.tensorBytes + archive.tensors.count * archive.alignment + 65536
        guard Int(value) > rest else {
            throw LanguageError(
                code: "allocate.budget", "the file's metadata alone take \(NumberText.bytes(rest))",
                help: "Give more.", span: argument.span)
        }
        return Int(value) - rest
    }
}
