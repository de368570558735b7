import Documents
import Foundation
import Language
import Plots
import Tensors

extension TensorValue: SessionValue {
    public var typeName: String { "tensor" }

    public var members: [Member] { Self.ownMembers + companions.map { Member($0.name, $0.docs) } }

    /// The names that no companion may take.
    static let memberNames = Set(ownMembers.map(\.name) + ["raw", "normalized"])

    private static let ownMembers = [
        Member("shape", "the length of each axis"), Member("axes", "the name of each axis"),
        Member("values", "the numbers, as nested lists"), Member("min"), Member("max"), Member("mean"),
        Member("rms", "root mean square"), Member("argmax", "where the largest element stands"),
    ]

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "shape": return .list(tensor.shape.map { .number($0) })
        case "axes": return .list(tensor.axes.map { .text($0) })
        case "values": return nested(0, 0)
        case "min": return .number(statistics.smallest)
        case "max": return .number(statistics.largest)
        case "mean": return .number(statistics.mean)
        case "rms": return .number(statistics.rootMeanSquare)
        case "argmax": return .list(place(of: largestIndex).map { .number($0) })
        default:
            if let companion = companions.first(where: { $0.name == name }) { return companion.value }
            throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard indices.count <= tensor.shape.count else {
            throw LanguageError(
                .index, "this tensor has \(tensor.shape.count) axes, not \(indices.count)",
                help: "Its axes are \(tensor.axes.joined(separator: ", ")).", index: tensor.shape.count)
        }
        var picked: [[Int]] = []
        for (axis, length) in tensor.shape.enumerated() {
            if indices.indices.contains(axis) {
                picked.append(try indices[axis].resolved(count: length, of: "axis \(tensor.axes[axis])", at: axis))
            } else {
                picked.append(Array(0..<length))
            }
        }
        let kept = tensor.shape.indices.filter { !indices.indices.contains($0) || !indices[$0].dropsAxis }
        let values = gathered(picked)
        if kept.isEmpty { return .number(Double(values[0])) }
        let result = Tensor(
            shape: kept.map { picked[$0].count }, axes: kept.map { tensor.axes[$0] }, values: values)
        let names = kept.map { axis -> [String]? in picked[axis].map { label(axis, $0) } }
        return .object(TensorValue(result, title: title, notes: notes, unit: unit, labels: names))
    }

    public func elements() throws(LanguageError) -> [Value]? {
        guard let count = tensor.shape.first else { return nil }
        return try (0..<count).map { (index) throws(LanguageError) in try subscripted([.integer(index)]) }
    }

    public func applying(_ operation: Operator, _ other: Value, isReversed: Bool) throws(LanguageError) -> Value? {
        let combine: (Float, Float) -> Float
        switch operation {
        case .plus: combine = { $0 + $1 }
        case .minus: combine = { $0 - $1 }
        case .times: combine = { $0 * $1 }
        case .divide: combine = { $0 / $1 }
        default: return nil
        }
        let title = "\(self.title) \(operation.rawValue) …"
        switch other {
        case .number(let number):
            let scalar = Float(number.value)
            return .object(mapped(title) { isReversed ? combine(scalar, $0) : combine($0, scalar) })
        case .object(let object):
            guard let right = object as? TensorValue else { return nil }
            guard right.tensor.shape == tensor.shape else {
                throw LanguageError(
                    code: "tensor.shape", "shapes differ: \(shapeText) and \(right.shapeText)",
                    help: "Both need the same shape; index or slice one of them.")
            }
            var result = tensor
            for index in result.values.indices {
                result.values[index] = combine(tensor.values[index], right.tensor.values[index])
            }
            return .object(TensorValue(result, title: title, unit: unit, labels: labels))
        default: return nil
        }
    }

    public func negated() throws(LanguageError) -> Value? { .object(mapped("−" + title) { -$0 }) }

    public func applying(function: String, _ rest: [Value]) throws(LanguageError) -> Value? {
        guard rest.isEmpty else { return nil }
        switch function {
        case "abs": return .object(mapped("abs \(title)") { abs($0) })
        case "sqrt": return .object(mapped("sqrt \(title)") { $0.squareRoot() })
        case "exp": return .object(mapped("exp \(title)") { Float(exp(Double($0))) })
        case "log": return .object(mapped("log \(title)") { Float(log(Double($0))) })
        case "min": return .number(statistics.smallest)
        case "max": return .number(statistics.largest)
        case "mean": return .number(statistics.mean)
        case "sum": return .number(statistics.mean * Double(statistics.count))
        case "len": return .number(tensor.shape.first ?? 1)
        default: return nil
        }
    }

    public func text(_ options: TextOptions) -> String {
        if let plot = plot(nil) { return plot.text(options) }
        var lines = [[title, shapeText].filter { !$0.isEmpty }.joined(separator: " · "), statistics.text]
        if tensor.shape.count == 1, tensor.count <= 32 {
            lines.append(tensor.values.map { NumberText.general(Double($0), significant: 4) }.joined(separator: "  "))
        }
        return (lines + notes + footer).joined(separator: "\n")
    }

    /// A picture where the array is a table that an eye can take in, or was asked for.
    public func plot(_ kind: PlotKind?) -> (any Plot)? {
        switch (kind, tensor.shape.count) {
        case (nil, 2) where tensor.shape[0] <= 64 && tensor.shape[1] <= 64: heatmap
        case (nil, 1) where labels[0] != nil && tensor.count <= 64: bars
        case (.heatmap?, 2): heatmap
        case (.heatmap?, 1), (.bars?, 1): bars
        case (.lines?, 1): lines([("", Array(tensor.values.indices))])
        case (.lines?, 2):
            lines(
                (0..<tensor.shape[0]).map { row in
                    (label(0, row), Array(row * tensor.shape[1]..<(row + 1) * tensor.shape[1]))
                })
        default: nil
        }
    }

    public var table: ValueTable? {
        guard let last = tensor.shape.last, !tensor.shape.isEmpty else { return nil }
        if tensor.shape.count == 1 {
            return ValueTable(
                columns: [tensor.axes[0], "value"],
                rows: tensor.values.indices.map { [.text(label(0, $0)), cell(tensor.values[$0])] })
        }
        let rows = last == 0 ? 0 : tensor.count / last
        let outer = tensor.shape.count - 1
        let columns = tensor.axes.dropLast() + (0..<last).map { label(outer, $0) }
        return ValueTable(
            columns: Array(columns),
            rows: (0..<rows).map { row in
                let place = place(of: row * last).dropLast()
                return place.enumerated().map { .text(label($0, $1)) }
                    + (0..<last).map { cell(tensor.values[row * last + $0]) }
            })
    }

    public var json: JSON {
        .fields(
            [
                ("title", .string(title)), ("shape", .array(tensor.shape.map { .whole($0) })),
                ("axes", .array(tensor.axes.map { .string($0) })), ("unit", .string(unit)),
                ("notes", .array((notes + footer).map { .string($0) })), ("values", nested(0, 0).json),
            ] + companions.map { ($0.name, $0.value.json) })
    }

    public func absorb(into digest: inout ValueDigest) {
        digest.mix(tensor)
        for companion in companions { digest.mix(companion.value) }
    }

    private var bars: BarChart {
        BarChart(
            title: title, subtitle: notes,
            bars: tensor.values.indices.map { BarChart.Bar(label(0, $0), shown(tensor.values[$0])) }, unit: unit,
            footer: footer)
    }

    private var heatmap: Heatmap {
        Heatmap(
            title: title, subtitle: notes, rowLabels: (0..<tensor.shape[0]).map { label(0, $0) },
            columnLabels: (0..<tensor.shape[1]).map { label(1, $0) }, rowTitle: tensor.axes[0],
            columnTitle: tensor.axes[1], unit: unit,
            values: (0..<tensor.shape[0]).map { row in
                (0..<tensor.shape[1]).map { shown(tensor.values[row * tensor.shape[1] + $0]) }
            }, footer: footer)
    }

    private func lines(_ rows: [(String, [Int])]) -> LineChart {
        LineChart(
            title: title, subtitle: notes,
            series: rows.map { name, indices in LineChart.Series(name, indices.map { shown(tensor.values[$0]) }) },
            horizontalTitle: tensor.axes.last ?? "", unit: unit, footer: footer)
    }

    private func shown(_ value: Float) -> Double? { value.isNaN ? nil : Double(value) }

    private func cell(_ value: Float) -> ValueTable.Cell { value.isNaN ? .hole : .number(Double(value), decimals: nil) }

    private var largestIndex: Int {
        tensor.values.indices.max { (tensor.values[$0], $1) < (tensor.values[$1], $0) } ?? 0
    }

    private func place(of index: Int) -> [Int] {
        zip(tensor.strides, tensor.shape).map { stride, length in index / stride % max(1, length) }
    }

    private func gathered(_ picked: [[Int]]) -> [Float] {
        var offsets = [0]
        for (stride, places) in zip(tensor.strides, picked) {
            offsets = offsets.flatMap { offset in places.map { offset + $0 * stride } }
        }
        return offsets.map { tensor.values[$0] }
    }

    private func nested(_ axis: Int, _ offset: Int) -> Value {
        guard axis < tensor.shape.count else {
            let value = tensor.values[offset]
            return value.isNaN ? .nothing : .number(Double(value))
        }
        let stride = tensor.strides[axis]
        return .list((0..<tensor.shape[axis]).map { nested(axis + 1, offset + $0 * stride) })
    }
}
