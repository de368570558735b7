import Language

/// `undo`: takes the last edit back.
enum Undo: Command {
    static let signature = Signature(
        "undo", "takes the last edit back",
        docs: """
            Only edits made as statements stand in the history, and changes of what results are recorded with: `set seed`, \
            `set precision`, `set kv`, `set threads`, `set memory`. Old runs fit again.
            """,
        category: Shelf.session, effect: .session, result: "the edit that was taken back",
        examples: ["m = open \"examples/models/teach-gptoss-bf16.gguf\"\nablate m.heads[2, 5]\nundo"])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let edit = try session.interpreter.undo()
        return Outcome(.text("undone: \(edit.command)"))
    }
}

/// `redo`: makes the edit that was undone last again.
enum Redo: Command {
    static let signature = Signature(
        "redo", "makes the edit that was undone last again", category: Shelf.session, effect: .session,
        result: "the edit that was made again",
        examples: ["m = open \"examples/models/teach-gptoss-bf16.gguf\"\nablate m.heads[2, 5]\nundo\nredo"])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let edit = try session.interpreter.redo()
        return Outcome(.text("redone: \(edit.command)"))
    }
}

/// `edits MODEL`: what was done to it.
enum Edits: Command {
    static let signature = Signature(
        "edits", "lists the edits of a model since it was opened", category: Shelf.session,
        parameters: [Parameter("model", .any, "the model")], result: "a table",
        examples: ["m = open \"examples/models/teach-gptoss-bf16.gguf\"\nablate m.heads[2, 5]\nedits m"])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.required("model").asObject(ModelValue.self, "model")
        let rows = model.edits.enumerated().map { number, edit -> [ValueTable.Cell] in
            [.integer(number + 1), .text(edit.command), .text(edit.effect)]
        }
        let notes = rows.isEmpty ? ["\(model.title) is as it was opened"] : []
        return Outcome(
            .object(
                TableValue(
                    typeName: "edits", rows: ValueTable(columns: ["edit", "command", "effect"], rows: rows),
                    notes: notes)))
    }
}
