import Inference
import Kernels
import Language
import Plots
import Scoring
import Surgery
import Tensors

/// A quantization as tables: the plan tensor by tensor before, a row for each kind of weight afterwards.
struct QuantizationTable {
    let plan: QuantizationPlan
    let owner: ModelValue
    /// What is done, for titles.
    var verb = "quantize"
    var importance: Importance?
    /// The method that chooses codes over a corpus, if one does: what it makes is not foreseen.
    var calibratedMethod: String?
    /// What else should be said.
    var notes: [String] = []

    /// One line for the list of edits.
    var effect: String {
        "\(verb) \(plan.entries.count) tensors as \(plan.title): \(NumberText.bytes(plan.bytesBefore)) to "
            + NumberText.bytes(plan.bytesAfter)
    }

    /// What was done: a row for each kind of weight and pair of formats.
    var done: TableValue {
        var rows: [[ValueTable.Cell]] = []
        for part in Role.Part.allCases {
            for group in groups(of: plan.entries.filter { $0.role.part == part }) {
                rows.append([
                    .text(part.memberName), .integer(group.count), .text(group[0].from.name), .text(group[0].to.name),
                    .bytes(group.reduce(0) { $0 + $1.bytesBefore }), .bytes(group.reduce(0) { $0 + $1.bytesAfter }),
                ])
            }
        }
        return TableValue(
            typeName: "quantization", title: "\(verb)d as \(plan.title)",
            rows: ValueTable(columns: ["weight", "tensors", "from", "to", "before", "after"], rows: rows),
            notes: [weight] + notes + plan.notes)
    }

    /// What would be done: a row for each tensor of the file, an expert's stack being one, with the error to expect.
    /// - Throws: `Interrupted`.
    func foreseen(compute: Compute) throws -> TableValue {
        var rows: [[ValueTable.Cell]] = []
        for (name, entries) in named {
            for group in groups(of: entries) {
                var error = SampledError()
                // Rows of eight experts say what those of a hundred would.
                let step = max(1, group.count / 8)
                for entry in stride(from: 0, to: group.count, by: step).map({ group[$0] }) {
                    try Interruption.check()
                    guard let matrix = owner.model.tensors[entry.role] else { continue }
                    error =
                        error
                        + .measure(
                            matrix, as: entry.to, importance: importance?.weights(of: entry.role), compute: compute)
                }
                rows.append([
                    .text(name), .text(group[0].from.name), .text(group[0].to.name),
                    .bytes(group.reduce(0) { $0 + $1.bytesBefore }), .bytes(group.reduce(0) { $0 + $1.bytesAfter }),
                    .number(error.relative, decimals: 5),
                ])
            }
        }
        let kind = importance == nil ? "" : ", weighed by importance"
        let meaning = "root mean square relative to the weights'\(kind), on sampled rows"
        let room =
            "would read \(NumberText.bytes(plan.bytesBefore)) and take \(NumberText.bytes(plan.bytesAfter)) of temporary room on disk"
        return TableValue(
            typeName: "quantization", title: "would \(verb) as \(plan.title)",
            rows: ValueTable(
                columns: ["tensor", "from", "to", "before", "after", calibratedMethod == nil ? "error" : "rtn error"],
                rows: rows),
            notes: [weight, room] + (calibratedMethod.map { foreseen($0, meaning) } ?? ["error: " + meaning]) + notes
                + plan.notes)
    }

    /// What the errors say of a method that was not run.
    private func foreseen(_ method: String, _ meaning: String) -> [String] {
        let change =
            method == "awq"
            ? "awq scales channels before it rounds them"
            : "gptq lets weights go further off so that what they are multiplied with comes out nearer"
        return [
            "rtn error: of rounding to nearest, not of \(method): \(meaning)",
            "\(change), which no weight by itself foretells: compare the edited model to this one over a text",
        ]
    }

    private var weight: String {
        let before = owner.model.byteCount
        let after = before - plan.bytesBefore + plan.bytesAfter
        let rest = owner.model.tensors.count - plan.entries.count
        return
            "the model: \(NumberText.bytes(before)) to \(NumberText.bytes(after)) · "
            + "\(NumberText.grouped(rest)) of its tensors stay as they are"
    }

    /// Entries by their names in the file, in the order of the data's way.
    private var named: [(name: String, entries: [QuantizationPlan.Entry])] {
        var order: [String] = []
        var byName: [String: [QuantizationPlan.Entry]] = [:]
        for entry in plan.entries {
            let name = owner.name(of: entry.role)
            if byName[name] == nil { order.append(name) }
            byName[name, default: []].append(entry)
        }
        return order.map { ($0, byName[$0] ?? []) }
    }

    /// Entries that go from the same format to the same, in order of appearance.
    private func groups(of entries: [QuantizationPlan.Entry]) -> [[QuantizationPlan.Entry]] {
        var order: [[WeightFormat]] = []
        var groups: [[WeightFormat]: [QuantizationPlan.Entry]] = [:]
        for entry in entries {
            let key = [entry.from, entry.to]
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(entry)
        }
        return order.compactMap { groups[$0] }
    }
}
