import Inference
import Kernels
import Language
import Plots
import Tensors

/// `top RUN N`: the likeliest next tokens.
enum Top: Command {
    static let signature = Signature(
        "top", "lists the likeliest next tokens of a run",
        category: Shelf.experiments,
        parameters: [
            Parameter("run", .any, "the run"),
            Parameter("count", .integer, "how many; 10 unless given", optional: true),
        ],
        labels: [
            Label("at", Parameter("position", .integer), docs: "the position they come after; the last unless given")
        ],
        result: "a table of rank, piece, id, logit and probability",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            top clean 5
            top clean 3 at 4
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let value = try call.required("run").asObject(RunValue.self, "run")
        let run = try value.single("`top`")
        let count = try call.argument("count")?.asInteger(in: 1...1000) ?? 10
        let length = run.tokens.count
        let place = try call["at"]?.asInteger(in: -length...length - 1) ?? -1
        let position = place < 0 ? place + length : place
        let logits = run.logits(at: [position]).values
        let compute = session.engine.compute
        let shares = [Float](unsafeUninitializedCapacity: logits.count) { buffer, filled in
            if let base = buffer.baseAddress { compute.softmax(logits, count: logits.count, into: base) }
            filled = logits.count
        }
        let order = logits.withUnsafeBufferPointer { row in
            row.baseAddress.map { compute.topIndices($0, count: row.count, k: min(count, row.count)) } ?? []
        }
        let rows = order.enumerated().map { rank, id -> [ValueTable.Cell] in
            [
                .integer(rank + 1), .text(value.piece(id).debugDescription), .integer(id),
                .number(Double(logits[id]), decimals: 3), .number(Double(shares[id]), decimals: 4),
            ]
        }
        return Outcome(.object(table(rows, after: position, of: value, run)))
    }

    private static func table(
        _ rows: [[ValueTable.Cell]], after position: Int, of value: RunValue, _ run: Run
    ) -> TableValue {
        let bars = rows.map { row -> BarChart.Bar in
            guard case .number(let share, _) = row[4] else { return BarChart.Bar(row[1].shown, nil) }
            return BarChart.Bar(row[1].shown, share)
        }
        let title = "next token after position \(position), \(value.piece(run.tokens[position]).debugDescription)"
        return TableValue(
            typeName: "table", title: title,
            rows: ValueTable(columns: ["rank", "piece", "id", "logit", "probability"], rows: rows),
            notes: [
                "\(rows.count) of \(run.model.blueprint.vocabularyCount) tokens · \(run.arithmetic.name) · \(value.owner.title)"
            ],
            picture: BarChart(title: title, bars: bars, unit: "probability"))
    }
}
