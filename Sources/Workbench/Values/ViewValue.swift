import Documents
import Language
import Plots
import Tensors

/// A value in the form that `show … as` asked for: shown so, and else the value that it is.
struct ViewValue: SessionValue {
    /// What is shown.
    let value: Value
    let form: Form

    /// The forms that values are shown in.
    enum Form: String, CaseIterable, Sendable {
        case heatmap, lines, bars, table, json, csv
    }

    /// - Throws: `LanguageError` if the value has no such form.
    init(_ value: Value, as form: Form) throws(LanguageError) {
        self.value = value.asPlottable
        self.form = form
        guard text(in: TextOptions()) == nil else { return }
        let forms = Form.allCases.filter { ViewValue(self.value, unchecked: $0).text(in: TextOptions()) != nil }
        throw LanguageError(
            code: "show.form", "\(value.kindName) cannot be shown as \(form.rawValue)",
            help: "It can be shown as \(forms.map(\.rawValue).joined(separator: ", ")).")
    }

    private init(_ value: Value, unchecked form: Form) {
        self.value = value
        self.form = form
    }

    var typeName: String { "view" }

    func text(_ options: TextOptions) -> String { text(in: options) ?? "" }

    var json: JSON { value.json }

    var table: ValueTable? { value.table }

    func plot(_ kind: PlotKind?) -> (any Plot)? { value.plot(kind ?? PlotKind(rawValue: form.rawValue)) }

    func absorb(into digest: inout ValueDigest) { digest.mix(value) }

    private func text(in options: TextOptions) -> String? {
        switch form {
        case .heatmap, .lines, .bars: PlotKind(rawValue: form.rawValue).flatMap { value.plot($0)?.text(options) }
        case .table: value.table?.plain
        case .json: value.json.printed()
        case .csv: value.table.map { String($0.csv.dropLast()) }
        }
    }
}

extension Value {
    /// A list of numbers as an array, which has pictures; any other value as it is.
    var asPlottable: Value {
        guard case .list(let values) = self, !values.isEmpty else { return self }
        var numbers: [Float] = []
        for value in values {
            guard case .number(let number) = value.asNumberIfAny else { return self }
            numbers.append(Float(number.value))
        }
        return .object(TensorValue(Tensor(shape: [numbers.count], axes: ["index"], values: numbers), title: ""))
    }

    private var asNumberIfAny: Value {
        if case .object(let object) = self, let number = object.number { return .number(number) }
        return self
    }

    /// The value's picture, where it has one.
    func plot(_ kind: PlotKind?) -> (any Plot)? {
        if case .object(let object) = self { return (object as? any SessionValue)?.plot(kind) }
        return nil
    }
}
