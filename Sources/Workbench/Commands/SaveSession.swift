import Language

/// `save-session "x.lancet"`: the session so far as a script.
enum SaveSession: Command {
    static let signature = Signature(
        "save-session", "writes the commands that succeeded so far as a script",
        docs:
            "Edits that were undone are written with the undo that took them back, so the script ends where the session is.",
        category: Shelf.session, effect: .writesFile, parameters: [Parameter("path", .text, "the script to write")],
        result: "how many commands were written",
        examples: ["m = open \"examples/models/teach-gptoss-bf16.gguf\"\ndry-run save-session \"today.lancet\""])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let path = try call.required("path").asText()
        let count = session.succeeded.count
        if call.prefix == .dryRun { return Outcome(.text("would write \(count) commands to \(path)")) }
        let text = session.script.joined(separator: "\n") + "\n"
        try TextFile.write(text, to: session.resolved(path))
        return Outcome(.text("wrote \(count) commands to \(path)"))
    }
}

extension Session {
    /// The statements that lead from a new session to this one.
    var script: [String] {
        let isSeeded = succeeded.first?.hasPrefix("set seed ") ?? false
        return (isSeeded ? [] : preamble) + presets.map { "\($0.name) = \($0.value.literalDescription)" } + succeeded
    }
}
