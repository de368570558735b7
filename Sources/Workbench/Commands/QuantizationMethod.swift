import Inference
import Kernels
import Language
import Scoring
import Surgery

/// How codes are chosen once formats are: each weight by itself, or calibrated on a text.
struct QuantizationMethod {
    /// The words of `by` that are methods.
    static let names = ["rtn", "gptq", "awq"]

    /// The labels that belong to methods.
    static let labels = [
        Label(
            "using", Parameter("imatrix"),
            docs: "an importance matrix that rounding errors are weighed by: imatrix m over CORPUS, or imatrix \"FILE\""
        ),
        Label("group", Parameter("columns", .integer), docs: "columns that share a scale, for w4a16 and w4a8; 128"),
        Label(
            "damping", Parameter("share", .number(.none)),
            docs: "gptq: added to the Hessian's diagonal; 0.01 of its mean"),
        Label("act-order", docs: "gptq: columns go by how strongly they are used"),
        Label("floor", Parameter("tokens", .integer), docs: "gptq: matrices that saw fewer tokens are rounded; 32"),
        Label("fallback", docs: "take w4a16 where w4a8 cannot be made"),
    ]

    static let docs = """
        `by` says how codes are chosen. `rtn`, the default, takes the nearest, scales being fitted to the weights, weighed by \
        an importance matrix with `using`. `gptq` makes up for each weight's error by the weights behind it in its row, \
        layer by layer over a corpus, each layer calibrated on the quantized ones before it; matrices that saw fewer than \
        `floor` tokens, as those of rare experts, are rounded and counted. `awq` (formats of 4 bits a weight alone: w4a16, \
        q4_0, q4_1, q4_k, iq4_nl, iq4_xs, mxfp4) makes strongly used channels larger before rounding and folds the inverse \
        into norms, values and ups; norms and routers that take part become f32. w4a8 is made by gptq only; with \
        `fallback` other methods make w4a16 of it.
        """

    let name: String
    private let call: Invocation

    init(_ call: Invocation) throws {
        self.call = call
        let word = try call["by"]?.asText()
        name = word.flatMap { Self.names.contains($0) ? $0 : nil } ?? "rtn"
        if name != "gptq", let label = ["damping", "act-order", "floor"].compactMap({ call.label($0) }).first {
            throw LanguageError(
                .unknownLabel, "`\(label.name)` belongs to gptq", help: "Write by gptq over CORPUS.", span: label.span)
        }
        if name != "rtn", call["over"] == nil, call.label("measure") == nil {
            throw LanguageError(
                .missingArgument, "\(name) chooses codes by what it sees over a corpus",
                help: "Write by \(name) over CORPUS.", span: call["by"]?.span)
        }
        if name != "rtn", let using = call.label("using") {
            throw LanguageError(
                .unknownLabel, "\(name) measures what it needs over its own corpus", help: "Leave out using.",
                span: using.span)
        }
    }

    /// Whether it runs the model over a corpus.
    var isCalibrated: Bool { name != "rtn" }

    /// The importance that `using` names.
    func importance(for owner: ModelValue, in session: Session) throws -> Importance? {
        guard let argument = call["using"] else { return nil }
        if case .text(let path) = argument.value {
            throw LanguageError(
                .wrongKind, "an importance matrix is read before it is used",
                help: "Write using (imatrix \(path.debugDescription)).", span: argument.span)
        }
        return try argument.asObject(ImportanceValue.self, "importance").importance(for: owner, in: session)
    }

    /// The format that is meant by a name: with the group that is asked for, and what stands in for w4a8.
    /// - Throws: `LanguageError` for w4a8 by another method than GPTQ, or a group for a format that has its own.
    func adapted(_ format: WeightFormat) throws -> WeightFormat {
        var format = format
        if format.isW4A8, name != "gptq" {
            guard call.has("fallback") else {
                throw LanguageError(
                    code: "quantize.w4a8",
                    "w4a8 is made by gptq only: rounding loses too much once activations have 8 bits",
                    help: "Add by gptq over CORPUS, or fallback to take w4a16.", span: call["as"]?.span)
            }
            format = .packed(.w4a16)
        }
        guard let argument = call["group"] else { return format }
        let group = try argument.asInteger(in: 8...65536)
        switch format {
        case .packed(.words(let bits, _, let isSymmetric)):
            return .packed(.words(bits: bits, .group(group), isSymmetric: isSymmetric))
        case .packed(.bytes(let bits, _, let isSymmetric)):
            return .packed(.bytes(bits: bits, .group(group), isSymmetric: isSymmetric))
        default:
            throw LanguageError(
                .unknownLabel, "\(format.name) has groups of its own", help: "Leave out group, or use w4a16.",
                span: call.label("group")?.span)
        }
    }

    /// Refuses a plan that the method cannot carry out, before anything is run.
    func check(_ plan: QuantizationPlan) throws {
        if name == "awq" { _ = try AWQ(plan) }
    }

    /// Carries a plan out.
    /// - Returns: the edit, and what should be said beside its notes.
    func applied(_ plan: QuantizationPlan, to owner: ModelValue, in session: Session) throws -> Edit {
        let total = plan.entries.count
        func progress(_ unit: String, _ total: Int) -> (Int) -> Void {
            { [output = session.output] done in
                output.progress(Progress(task: "quantize", done: done, total: total, unit: unit))
            }
        }
        switch name {
        case "gptq":
            return try GPTQ(plan, options: options()).applied(
                to: owner.model, over: try calibration(owner, session), progress: progress("tensors", total)
            ).edit
        case "awq":
            return try AWQ(plan).applied(
                to: owner.model, over: try calibration(owner, session),
                progress: progress("layers", owner.model.blueprint.layers.count)
            ).edit
        default:
            return try Quantization(plan).applied(
                to: owner.model, compute: session.engine.compute, importance: try importance(for: owner, in: session))
        }
    }

    private func options() throws -> GPTQ.Options {
        var options = GPTQ.Options()
        if let damping = call["damping"] {
            let share = try damping.asNumber().value
            guard share > 0, share <= 1 else {
                throw LanguageError(
                    .index, "damping is a share of the diagonal's mean, above 0 and at most 1",
                    help: "Write damping 0.01.",
                    span: damping.span)
            }
            options.damping = share
        }
        options.actOrder = call.has("act-order")
        if let floor = call["floor"] { options.leastTokens = try floor.asInteger(in: 0...Int.max) }
        return options
    }

    private func calibration(_ owner: ModelValue, _ session: Session) throws -> Calibration {
        Calibration(
            over: try call.windows(for: owner), engine: session.engine, firstToken: try owner.windowStart())
    }
}
