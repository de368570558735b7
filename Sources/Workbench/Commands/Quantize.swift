import Formats
import Inference
import Kernels
import Language
import Plots
import Scoring
import Surgery

/// `quantize SELECTION as FORMAT`: encodes weights in another block format.
enum Quantize: Command {
    static let signature = Signature(
        "quantize", "encodes weights in another block format",
        docs: """
            What is measured afterwards is what `save` writes: forward passes read the encoded blocks. Of a model, layers \
            or experts the matrices are taken, and routers, norms, biases and sinks stay; a tensor named by itself \
            (`m.layers[2].router.weight`) is always taken.

            `dry-run quantize …` tells what it would touch, cost and weigh.
            """,
        category: Shelf.compression, effect: .edit,
        parameters: [Parameter("selection", .any, "a model, layers, experts, or a tensor")],
        labels: [
            Label(
                "as", Parameter("format", .choice(Compute.encodable.map(\.name))),
                docs: "the block format", required: true)
        ],
        result: "the model with encoded weights",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            quantize m.experts as mxfp4
            dry-run quantize m.layers[0] as q8_0
            quantize m.layers[1].router.weight as q8_0
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let (owner, roles, isExplicit) = try selected(try call.required("selection"))
        let name = try call["as"]?.asText() ?? ""
        guard let format = BlockFormats.named(name) else {
            throw LanguageError(.choice, "there is no format \(name)", span: call["as"]?.span)
        }
        let work = try Quantization(of: owner.model, roles, as: format, isExplicit: isExplicit)
        guard !work.entries.isEmpty || work.untouched.contains(where: { owner.model.tensors[$0]?.format == format })
        else {
            throw LanguageError(
                code: "quantize.nothing", "nothing in the selection is a matrix that is quantized with the rest",
                help: "Name a tensor by itself, as m.layers[2].router.weight.")
        }
        guard call.prefix != .dryRun else {
            let cost = [
                "would read \(NumberText.bytes(work.bytesBefore)) and take \(NumberText.bytes(work.bytesAfter)) of temporary room on disk",
                weight(owner.model.byteCount, work),
            ]
            return Outcome(.object(table(work, "would quantize as \(format.name)", cost)))
        }
        let total = work.entries.count
        let edit = try work.applied(to: owner.model, compute: session.engine.compute) { done in
            session.output.progress(Progress(task: "quantize", done: done, total: total, unit: "tensors"))
        }
        let effect =
            "quantize \(total) tensors as \(format.name): \(NumberText.bytes(work.bytesBefore)) to \(NumberText.bytes(work.bytesAfter))"
        let edited = owner.edited(edit.model, EditRecord(command: call.text, effect: effect), in: session)
        return Outcome(
            .object(table(work, "quantized as \(format.name)", [weight(owner.model.byteCount, work)] + edit.notes)),
            edited: .object(edited))
    }

    /// The model, and the roles of the weights that an argument means.
    private static func selected(_ argument: BoundArgument) throws -> (ModelValue, [Role], isExplicit: Bool) {
        guard case .object(let object) = argument.value else {
            throw LanguageError.wrongKind(argument.value, wanted: "a model or a part of one", span: argument.span)
        }
        switch object {
        case let model as ModelValue: return (model, Array(model.model.tensors.keys), false)
        case let weight as WeightValue: return (weight.owner, weight.roles, true)
        case let weights as WeightTable: return (weights.owner, weights.entries.flatMap(\.roles), false)
        case let selection as Selection where [.layers, .experts].contains(selection.unit):
            return (selection.owner, SelectionText(selection: selection).roles, false)
        case let selection as Selection where selection.unit == .routers:
            return (selection.owner, SelectionText(selection: selection).roles.filter { $0.part == .router }, true)
        default:
            throw LanguageError(
                .wrongKind, "`quantize` takes weights, and this is \(argument.value.kindName)",
                help: "Write a model, its layers or experts, or a tensor.", span: argument.span)
        }
    }

    private static func weight(_ before: Int, _ work: Quantization) -> String {
        let after = before - work.bytesBefore + work.bytesAfter
        return
            "the model: \(NumberText.bytes(before)) to \(NumberText.bytes(after)) · \(work.untouched.count) tensors stay as they are"
    }

    /// A row for each part and format it comes from.
    private static func table(_ work: Quantization, _ title: String, _ notes: [String]) -> TableValue {
        var rows: [[ValueTable.Cell]] = []
        for part in Role.Part.allCases {
            for from in BlockFormats.all {
                let entries = work.entries.filter { $0.role.part == part && $0.from == from }
                guard !entries.isEmpty else { continue }
                rows.append([
                    .text(part.memberName), .integer(entries.count), .text(from.name), .text(work.format.name),
                    .bytes(entries.reduce(0) { $0 + $1.bytesBefore }), .bytes(entries.reduce(0) { $0 + $1.bytesAfter }),
                ])
            }
        }
        return TableValue(
            typeName: "quantization", title: title,
            rows: ValueTable(columns: ["weight", "tensors", "from", "to", "before", "after"], rows: rows), notes: notes)
    }
}
