import Language

/// `given NAME OTHERWISE`: what a script was started with.
enum Given: Command {
    static let signature = Signature(
        "given", "the value a variable was given from outside, else another",
        docs: """
            A script that begins with `path = given path "m.gguf"` takes another path by `lancet run SCRIPT --set path=…`. \
            Sizes, bits and numbers are written from outside as in a script: `--set budget=7.5GiB`.
            """,
        category: Shelf.session,
        parameters: [
            Parameter("name", .name, "the variable"), Parameter("otherwise", .any, "its value unless it has one"),
        ],
        result: "a value",
        examples: ["model = given model \"examples/models/teach-gptoss-bf16.gguf\"\nm = open model"])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let name = try call.required("name").asText()
        let otherwise = try call.required("otherwise").value
        return Outcome(session.interpreter.value(of: name) ?? otherwise)
    }
}
