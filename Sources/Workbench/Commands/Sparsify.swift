import Inference
import Kernels
import Language
import Plots
import Surgery

/// `sparsify SELECTION by METHOD over CORPUS`: zeros two of every four weights.
enum Sparsify: Command {
    static let signature = Signature(
        "sparsify", "makes two of every four neighbouring weights zero",
        docs: """
            2:4 semi-structured sparsity, along the columns of each matrix, written as zeros in the tensor's own format (f32, \
            f16 or bf16). `magnitude` keeps the two largest of four. `wanda` weighs each by the length of what it is \
            multiplied with. `sparsegpt` takes those whose loss costs least and makes up for them by the weights behind in \
            the row. The last two go layer by layer over a corpus, each layer seeing the cut ones before it; a matrix that \
            saw too few tokens is cut by the next simpler method, and counted. `compare` tells what it cost.
            """,
        category: Shelf.compression, effect: .edit,
        parameters: [Parameter("selection", .any, "a model, layers, experts, or a tensor")],
        labels: [
            Label(
                "by", Parameter("method", .choice(Sparsity.Method.allCases.map(\.rawValue))), docs: "which two go",
                required: true),
            Label("over", Parameter("corpus"), docs: "what to calibrate on; magnitude needs none"),
            Label("context", Parameter("tokens", .integer), docs: "tokens a window has, instead of the corpus' own"),
        ],
        result: "the model with zeros",
        examples: [
            """
            m = open "examples/models/teach-qwen3moe-bf16.gguf"
            calib = corpus "examples/models/heldout.txt" context 64
            sparsify m.layers[0].experts by wanda over calib[0:8]
            dry-run sparsify m.layers[1] by magnitude
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let selection = try WeightSelection(try call.required("selection"), for: "sparsify")
        let owner = selection.owner
        guard let word = call["by"], let method = Sparsity.Method(rawValue: try word.asText()) else {
            throw LanguageError(.missingArgument, "`sparsify` needs `by`", help: "usage: \(signature.usage)")
        }
        let work = try Sparsity(
            of: owner.model, selection.roles, method: method, isExplicit: selection.isExplicit)
        let weights = work.roles.reduce(0) { total, role in
            total + (owner.model.tensors[role].map { $0.rows * $0.columns } ?? 0)
        }
        let size = "\(work.roles.count) tensors with \(NumberText.grouped(weights)) weights"
        guard call.prefix != .dryRun else {
            return Outcome(.text("would zero two of every four in \(size) by \(method.rawValue)"))
        }
        var calibration: Calibration?
        if method.isCalibrated {
            calibration = Calibration(
                over: try call.windows(for: owner), engine: session.engine, firstToken: try owner.windowStart())
        }
        let (edit, cuts) = try work.applied(
            to: owner.model, over: calibration, compute: session.engine.compute
        ) { [output = session.output] done in
            output.progress(Progress(task: "sparsify", done: done, total: work.roles.count, unit: "tensors"))
        }
        let edited = owner.edited(edit.model, EditRecord(command: call.text, effect: edit.summary), in: session)
        return Outcome(.object(table(cuts, method, edit.notes)), edited: .object(edited))
    }

    /// A row for each kind of weight and way it was cut.
    private static func table(_ cuts: [Sparsity.Cut], _ method: Sparsity.Method, _ notes: [String]) -> TableValue {
        var rows: [[ValueTable.Cell]] = []
        for part in Role.Part.allCases {
            for used in Sparsity.Method.allCases {
                let own = cuts.filter { $0.role.part == part && $0.method == used }
                guard !own.isEmpty else { continue }
                let (zeros, all) = (own.reduce(0) { $0 + $1.zeros }, own.reduce(0) { $0 + $1.elements })
                rows.append([
                    .text(part.memberName), .integer(own.count), .text(used.rawValue),
                    .integer(own.map(\.tokens).min() ?? 0), .number(Double(zeros) / Double(all), decimals: 4),
                ])
            }
        }
        return TableValue(
            typeName: "sparsity", title: "2 of every 4 weights zero, by \(method.rawValue)",
            rows: ValueTable(columns: ["weight", "tensors", "by", "tokens least", "zeros"], rows: rows), notes: notes)
    }
}
