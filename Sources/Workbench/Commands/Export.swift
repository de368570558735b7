import Documents
import Language
import Plots
import Tensors

/// `export VALUE "FILE"`: a value for other programs.
enum Export: Command {
    static let signature = Signature(
        "export", "writes a value to a file for other programs",
        docs: """
            The file's ending says the form: .npy (arrays, float32), .csv (tables and arrays), .json (any value), .svg \
            (pictures; `as` chooses which). A file that stands there is replaced when the new one is whole.
            """,
        category: Shelf.experiments, effect: .writesFile,
        parameters: [
            Parameter("value", .any, "what to write"),
            Parameter("file", .text, "a path ending in .npy, .csv, .json or .svg"),
        ],
        labels: [Label("as", Parameter("picture", .choice(PlotKind.allCases.map(\.rawValue))), docs: "which picture")],
        result: "a file",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            export clean.logits "logits.npy"
            export clean["blocks.3.attn.hook_pattern"][7] "pattern.svg"
            export (top clean 5) "top.csv"
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let argument = try call.required("value")
        let file = try call.required("file")
        let path = try file.asText()
        guard let ending = path.split(separator: "/").last?.split(separator: ".").last.map(String.init),
            let form = Form(rawValue: ending.lowercased()), path.contains(".")
        else {
            throw LanguageError(
                code: "export.form", "the name \(path.debugDescription) does not say what to write",
                help: "End it in .npy, .csv, .json or .svg.", span: file.span)
        }
        let kind = try call["as"].flatMap { PlotKind(rawValue: try $0.asText()) }
        guard kind == nil || form == .svg else {
            throw LanguageError(
                code: "export.form", "`as` chooses a picture, and \(path) is none", help: "End the name in .svg.",
                span: call["as"]?.span)
        }
        let value = argument.value.asPlottable
        guard let bytes = form.bytes(of: value, kind) else {
            let forms = Form.allCases.filter { $0.bytes(of: value, nil) != nil }.map { ".\($0.rawValue)" }
            throw LanguageError(
                code: "export.form", "\(argument.value.kindName) cannot be written as .\(form.rawValue)",
                help: form == .npy && argument.value.isRun
                    ? "Write one of its arrays, as `export \(argument.text).logits \(path.debugDescription)`."
                    : "It can be written as \(forms.joined(separator: ", ")).", span: argument.span)
        }
        let size = NumberText.bytes(bytes.count)
        guard call.prefix != .dryRun else { return Outcome(.text("would write \(size) to \(path)")) }
        try TextFile.write(bytes, to: session.resolved(path))
        session.output.notice("wrote \(path), \(size)")
        return Outcome(.nothing)
    }

    /// What a file's ending asks for.
    private enum Form: String, CaseIterable {
        case npy, csv, json, svg

        func bytes(of value: Value, _ kind: PlotKind?) -> [UInt8]? {
            switch self {
            case .npy: value.array.map { NPYFile.bytes(of: $0) }
            case .csv: (value.table ?? value.array.flatMap { TensorValue($0, title: "").table })?.csv.utf8.map { $0 }
            case .json: Array((value.json.printed() + "\n").utf8)
            case .svg: value.picture(kind)?.svg().utf8.map { $0 }
            }
        }
    }
}

extension Value {
    /// The numbers of an array, or of a weight decoded.
    fileprivate var array: Tensor? {
        guard case .object(let object) = self else { return nil }
        if let tensor = object as? TensorValue { return tensor.tensor }
        if let weight = object as? WeightValue { return weight.decoded().tensor }
        return (object as? ViewValue)?.value.array
    }

    /// The picture asked for; else the natural one, else the first there is.
    fileprivate func picture(_ kind: PlotKind?) -> (any Plot)? {
        if let kind { return plot(kind) }
        return plot(nil) ?? PlotKind.allCases.lazy.compactMap { plot($0) }.first
    }

    fileprivate var isRun: Bool { if case .object(let object) = self { object is RunValue } else { false } }
}
