import Architectures
import Inference
import Language
import Plots
import Storage

/// `info VALUE`: what a model or a part of it is.
enum Info: Command {
    static let signature = Signature(
        "info", "tells what a model, layer, router, expert, head or tensor is", category: Shelf.models,
        parameters: [Parameter("value", .any, "a model or a part of one")], result: "a summary",
        examples: [
            "m = open \"examples/models/teach-gptoss-bf16.gguf\"\ninfo m\ninfo m.layers[2].router\ninfo m.layers[2].experts[7].down"
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let argument = try call.required("value")
        guard case .object(let object) = argument.value, let model = object as? ModelValue else {
            return Outcome(argument.value)
        }
        return Outcome(.object(try summary(model)))
    }

    private static func summary(_ model: ModelValue) throws -> TableValue {
        let size = ModelSize(model.model)
        var rows: [[ValueTable.Cell]] = []
        for group in ModelSize.Group.allCases {
            rows.append([.text(group.rawValue), .bytes(size.bytes[group] ?? 0)])
        }
        rows.append([.text("all weights"), .bytes(size.totalBytes)])
        let template = try model.checkpoint.chatTemplate() == nil ? "no chat template" : "has a chat template"
        let windows = model.model.blueprint.layers.map { $0.window.map(String.init) ?? "all" }
        let notes = [
            "file: \(model.checkpoint.containerSummary), \(NumberText.bytes(model.checkpoint.archive.fileBytes)) · \(template)",
            "attention sees, by layer: " + windows.joined(separator: " "),
        ]
        return TableValue(
            typeName: "summary", title: model.text(TextOptions()),
            rows: ValueTable(columns: ["part", "bytes"], rows: rows),
            notes: notes)
    }
}
