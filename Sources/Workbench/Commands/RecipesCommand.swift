import Architectures
import Formats
import Inference
import Kernels
import Language
import Plots
import Scoring
import Surgery

/// `recipes MODEL`: what each recipe would weigh.
enum RecipesCommand: Command {
    static let signature = Signature(
        "recipes", "tells what a model would weigh under each recipe, from its tensors",
        docs: """
            Nothing is encoded or run. `within` marks what fits a size, and says how many bits a weight the size leaves: \
            below the smallest format's bits no file can hold all of the weights, whatever its name promises.
            """,
        category: Shelf.compression, parameters: [Parameter("model", .any, "the model")],
        labels: [
            Label("within", Parameter("size", .number(.bytes), "a size"), docs: "what it should fit")
        ],
        result: "a table of bytes and bits a weight",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            recipes m within 12MiB
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let owner = try call.model()
        let size = try call["within"].map { try $0.asNumber().value }
        let weights = Double(max(1, ModelSize(owner.model).parameters))
        let now = owner.model.byteCount
        var rows: [(bytes: Int, cells: [ValueTable.Cell])] = []
        for recipe in Recipes.all {
            let plan = try QuantizationPlan(
                of: owner.model, Array(owner.model.tensors.keys), by: recipe, hasImportance: recipe.needsImportance)
            let bytes = now - plan.bytesBefore + plan.bytesAfter
            var cells: [ValueTable.Cell] = [
                .text(recipe.name), .bytes(bytes), .number(Double(bytes) * 8 / weights, decimals: 3),
                .text(formats(plan, owner.model)),
            ]
            if let size { cells.append(.text(Double(bytes) <= size ? "yes" : "no")) }
            rows.append((bytes, cells))
        }
        let columns = ["recipe", "bytes", "bits", "formats"] + (size == nil ? [] : ["fits"])
        let table = ValueTable(
            columns: columns, rows: rows.enumerated().sorted { ($0.1.bytes, $0.0) < ($1.1.bytes, $1.0) }.map(\.1.cells))
        return Outcome(
            .object(
                TableValue(
                    typeName: "recipes", title: "\(owner.title) under each recipe", rows: table,
                    notes: notes(owner, weights, size, least: rows.map(\.bytes).min() ?? now))))
    }

    /// The formats of the matrices, the one with the most bytes first.
    private static func formats(_ plan: QuantizationPlan, _ model: Model) -> String {
        var bytes: [String: Int] = [:]
        for entry in plan.entries { bytes[entry.to.name, default: 0] += entry.bytesAfter }
        for role in plan.untouched where QuantizationPlan.largeParts.contains(role.part) {
            if let matrix = model.tensors[role] { bytes[matrix.formatName, default: 0] += matrix.byteCount }
        }
        return bytes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key).joined(separator: ", ")
    }

    private static func notes(_ owner: ModelValue, _ weights: Double, _ size: Double?, least: Int) -> [String] {
        let bits = { (value: Double) in NumberText.fixed(value, decimals: 2) }
        let now = owner.model.byteCount
        let present =
            "now \(NumberText.bytes(now)): \(NumberText.count(Int(weights))) weights at \(bits(Double(now) * 8 / weights)) bits"
        guard let size else { return [present] }
        let share = size * 8 / weights
        let text = NumberText.bytes(Int(min(size, 9e18)))
        let smallest = Compute.encodable.filter { $0.blockLength > 1 }.min { $0.bitsPerWeight < $1.bitsPerWeight }
        guard let smallest, size < Double(least) else {
            return [present, "\(text) leave \(bits(share)) bits a weight"]
        }
        let verdict =
            share < smallest.bitsPerWeight
            ? "fewer than the \(bits(smallest.bitsPerWeight)) of \(smallest.name), the smallest format there is: no file of that size holds all of these weights"
            : "fewer than any recipe takes"
        return [
            present, "\(text) leave \(bits(share)) bits a weight, \(verdict)",
            "what does fit has fewer weights: score and prune experts first, then quantize m to \(text) over CORPUS",
        ]
    }
}
