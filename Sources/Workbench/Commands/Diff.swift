import Architectures
import Inference
import Kernels
import Language
import Plots

/// `diff A B`: in what two models differ.
enum Diff: Command {
    static let signature = Signature(
        "diff", "tells in what two models differ: numbers, tensors, restrictions, interventions",
        docs: "Tensors are compared by the digests of their bytes; a stack is the same if every expert's slab is.",
        category: Shelf.session,
        parameters: [Parameter("first", .any, "a model"), Parameter("second", .any, "the model to hold it against")],
        result: "a table, empty if they are the same",
        examples: [
            "base = open \"examples/models/teach-gptoss-bf16.gguf\"\nm = base\nablate m.heads[2, 5]\ndiff m base"
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let first = try call.required("first").asObject(ModelValue.self, "model")
        let second = try call.required("second").asObject(ModelValue.self, "model")
        var rows = numbers(first.model.blueprint, second.model.blueprint)
        rows += restrictions(first.model, second.model)
        rows += tensors(first, second)
        rows += interventions(first.model, second.model)
        let table = ValueTable(columns: ["what", call.arguments[0].text, call.arguments[1].text], rows: rows)
        let notes = [rows.isEmpty ? "no difference" : "\(rows.count) differences", bytes(first, second)]
        return Outcome(.object(TableValue(typeName: "diff", rows: table, notes: notes)))
    }

    private static func numbers(_ a: Blueprint, _ b: Blueprint) -> [[ValueTable.Cell]] {
        zip(Mirror(reflecting: a).children, Mirror(reflecting: b).children).compactMap { old, new in
            let (left, right) = (String(describing: old.value), String(describing: new.value))
            guard left != right, old.label != "layers" else { return nil }
            return [.text(old.label ?? ""), .text(left), .text(right)]
        } + layers(a, b)
    }

    private static func layers(_ a: Blueprint, _ b: Blueprint) -> [[ValueTable.Cell]] {
        guard a.layers.count == b.layers.count else {
            return [[.text("layers"), .integer(a.layers.count), .integer(b.layers.count)]]
        }
        return a.layers.indices.filter { a.layers[$0] != b.layers[$0] }.map { layer in
            [
                .text("layer \(layer) experts"), .integer(a.layers[layer].expertCount),
                .integer(b.layers[layer].expertCount),
            ]
        }
    }

    private static func restrictions(_ a: Model, _ b: Model) -> [[ValueTable.Cell]] {
        zip(a.keptExperts, b.keptExperts).enumerated().compactMap { layer, kept in
            guard kept.0 != kept.1 else { return nil }
            let text = { (kept: [Int]?) in kept.map { $0.map(String.init).joined(separator: " ") } ?? "all" }
            return [.text("layer \(layer) keeps"), .text(text(kept.0)), .text(text(kept.1))]
        }
    }

    private static func tensors(_ a: ModelValue, _ b: ModelValue) -> [[ValueTable.Cell]] {
        let (old, new) = (entries(a), entries(b))
        let names = old.map(\.name) + new.map(\.name).filter { name in !old.contains { $0.name == name } }
        return names.compactMap { name in
            let (left, right) = (old.first { $0.name == name }, new.first { $0.name == name })
            guard left?.digest != right?.digest else { return nil }
            return [.text(name), .text(left?.summary ?? "none"), .text(right?.summary ?? "none")]
        }
    }

    private static func entries(_ model: ModelValue) -> [(name: String, summary: String, digest: [String])] {
        WeightTable(owner: model, layer: nil).entries.map { entry in
            let weight = WeightValue(owner: model, name: entry.name, roles: entry.roles)
            let digests = entry.roles.compactMap { model.model.tensors[$0] }.map { MatrixDigests.shared.digest(of: $0) }
            let shape = weight.shape.map(String.init).joined(separator: "×")
            return (entry.name, "\(shape) \(weight.formats.joined(separator: ", "))", digests)
        }
    }

    private static func interventions(_ a: Model, _ b: Model) -> [[ValueTable.Cell]] {
        let (left, right) = (a.interventions.map(digest), b.interventions.map(digest))
        guard left != right else { return [] }
        let text = { (model: Model) in model.interventions.map { $0.site.name }.joined(separator: ", ") }
        return [[.text("interventions"), .text(text(a)), .text(text(b))]]
    }

    private static func digest(_ intervention: Intervention) -> String {
        var digest = ValueDigest()
        digest.mix(intervention)
        return digest.text
    }

    private static func bytes(_ a: ModelValue, _ b: ModelValue) -> String {
        let (old, new) = (ModelSize(a.model).totalBytes, ModelSize(b.model).totalBytes)
        return "weights: \(NumberText.bytes(old)) and \(NumberText.bytes(new))"
    }
}
