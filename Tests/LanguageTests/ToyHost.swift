import Language

/// A host whose commands only say what they were asked.
final class ToyHost: Host {
    var output: [String] = []
    var journal: [String] = []
    var performed: [Invocation] = []
    var files: [String: String] = [:]
    /// Checks left until the user presses Ctrl-C.
    var patience: Int?

    var signatures: [Signature] { ToySignatures.all }
    let futureWords = ["recipe": "It comes with saved checkpoints.", "notebook": "", "imatrix": ""]

    func perform(_ invocation: Invocation, in interpreter: Interpreter) throws(LanguageError) -> Outcome {
        performed.append(invocation)
        if invocation.prefix == .dryRun { return Outcome(.text("would \(invocation.signature.name)")) }
        if invocation.prefix == .explain { return Outcome(.text(invocation.signature.usage)) }
        if invocation.signature.effect == .edit { return try edit(invocation) }
        if invocation.signature.category == .metric { return Outcome(.text(invocation.text)) }
        switch invocation.signature.name {
        case "open": return Outcome(.object(ToyModel()))
        case "run": return Outcome(.object(ToyVector(values: [1, 2, 3])))
        case "perplexity":
            let model = try invocation.required("model").asObject(ToyModel.self, "model")
            return Outcome(.number(Double(10 + model.edits.count)))
        case "edits":
            let model = try invocation.required("model").asObject(ToyModel.self, "model")
            return Outcome(.list(model.edits.map { .text($0) }))
        case "undo": return Outcome(.text("undid \(try interpreter.undo().command)"))
        case "redo": return Outcome(.text("redid \(try interpreter.redo().command)"))
        case "measure": return Outcome(try invocation.required("metric").value)
        case "fail":
            let value = try invocation.required("value")
            throw LanguageError(code: "E100", "this failed", help: "Do not.", span: value.span)
        case "interrupt":
            patience = 0
            return Outcome()
        default: return Outcome(.text(invocation.text))
        }
    }

    private func edit(_ invocation: Invocation) throws(LanguageError) -> Outcome {
        let target = try invocation.required("selection")
        let model: ToyModel
        switch target.value {
        case .object(let found as ToyModel): model = found
        case .object(let found as ToySelection): model = found.model
        default: throw .wrongKind(target.value, wanted: "a selection", span: target.span)
        }
        if let metric = invocation["measure"] {
            return Outcome(.text("measured \(metric.value.description)\(target.isEach ? " for each" : "")"))
        }
        if invocation.has("into") { return Outcome(.object(ToyVector(values: [4, 5, 6]))) }
        let edited = ToyModel(edits: model.edits + ["\(invocation.signature.name) \(target.value.description)"])
        return Outcome(.nothing, edited: .object(edited))
    }

    func show(_ value: Value, of statement: Statement) { output.append(value.description) }
    func printLine(_ line: String, of values: [Value]) { output.append(line) }
    func willRun(_ statement: Statement, of source: SourceText) { journal.append(statement.canonical) }
    func willTime(_ call: Call) { output.append("clock on") }
    func didTime(_ call: Call) { output.append("clock off") }

    func includedText(_ path: String) throws(LanguageError) -> SourceText {
        guard let text = files[path] else { throw LanguageError(.include, "\"\(path)\" cannot be read") }
        return SourceText(text, name: path)
    }

    func checkInterruption() throws(LanguageError) {
        guard let left = patience else { return }
        if left <= 0 {
            patience = nil
            throw .interrupted
        }
        patience = left - 1
    }
}
