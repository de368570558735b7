import Architectures
import Inference
import Language
import Surgery
import Tensors
import Tokenizers

/// `generate MODEL TEXT`: a text, continued.
enum Generate: Command {
    static let signature = Signature(
        "generate", "continues a text token by token",
        docs: """
            Greedy unless a temperature is given; with one, each draw is keyed by seed and step, so the same seed gives the \
            same text. It stops at an end of turn, after `max` tokens, or where the model's context ends.

            As a statement it streams the text as it comes.
            """,
        category: Shelf.experiments,
        parameters: [Parameter("model", .any, "the model"), Parameter("text", .any, "a text, or token ids")],
        labels: [
            Label("max", Parameter("tokens", .integer), docs: "the most tokens to add; 128 unless given"),
            Label("temperature", Parameter("t", .number(.none)), docs: "0, as unless given, takes the likeliest token"),
            Label("seed", Parameter("number", .integer), docs: "what draws are keyed by; the session's unless given"),
            Label("top-k", Parameter("k", .integer), docs: "draws only among so many likeliest tokens"),
            Label(
                "top-p", Parameter("share", .number(.fraction)),
                docs: "draws only among the likeliest that reach this share"),
        ],
        result: "the text with its tokens",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            generate m "The capital of France is" max 8
            generate m "The capital of France is" max 8 temperature 0.8 seed 1 top-k 20 top-p 90%
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.required("model").asObject(ModelValue.self, "model")
        let prompt = try session.tokens(try call.required("text"), for: model)
        let context = model.model.blueprint.contextLength
        guard prompt.count < context else {
            throw LanguageError(
                code: "generate.context", "the text has \(prompt.count) tokens, and the model was made for \(context)",
                help: "Use a shorter text.", span: call.argument("text")?.span)
        }
        let limit = try call["max"]?.asInteger(in: 1...Int.max) ?? 128
        let most = min(limit, context - prompt.count)
        try model.model.checkInterventions(length: prompt.count + most)
        let sampler = try sampler(call, session)
        let tokenizer = model.checkpoint.hasTokenizer ? try model.checkpoint.tokenizer() : nil
        let isStreamed = call.isStatement && session.settings.mode == .text
        var writer = GenerationWriter(tokenizer: tokenizer, output: isStreamed ? session.output : nil)
        defer { writer.finish() }
        try writer.start(prompt)
        var continuation = try Continuation(session.engine, model: model.model, prompt: prompt)
        let ends = tokenizer?.vocabulary.endOfGeneration ?? []
        var added: [Int] = []
        var end = most < limit ? "the context of \(context) tokens" : "max"
        while added.count < most {
            let token = sampler.choose(continuation.logits, step: added.count)
            added.append(token)
            if ends.contains(token) {
                end = "end of turn"
                break
            }
            try writer.append(token)
            try Interruption.check()
            if added.count < most { try continuation.append(token) }
        }
        writer.finish()
        return Outcome(
            .object(
                GenerationValue(
                    prompt: prompt, added: added, promptText: writer.promptText, text: writer.text, end: end,
                    rule: sampler.rule, model: model.title, arithmetic: session.settings.arithmetic,
                    isStreamed: isStreamed)))
    }

    private static func sampler(_ call: Invocation, _ session: Session) throws -> Sampler {
        let temperature = try call["temperature"]?.asNumber().value ?? 0
        guard temperature >= 0, temperature.isFinite else {
            throw LanguageError(
                code: "generate.temperature", "a temperature is 0 or more", span: call["temperature"]?.span)
        }
        let share = try call["top-p"]?.asNumber().value
        if let share, share <= 0 || share > 1 {
            throw LanguageError(
                code: "generate.share", "top-p is a share above 0 and at most 1", help: "top-p 90%",
                span: call["top-p"]?.span)
        }
        if temperature == 0, let label = call.label("top-k") ?? call.label("top-p") {
            session.warn("\(label.name) does nothing at temperature 0, which takes the likeliest token")
        }
        return Sampler(
            temperature: temperature, topK: try call["top-k"]?.asInteger(in: 1...Int.max), topP: share,
            seed: try call["seed"].map { UInt64(try $0.asInteger(in: 0...Int.max)) } ?? session.settings.seed)
    }
}

extension Sampler {
    /// How tokens are drawn, in words.
    fileprivate var rule: String {
        guard temperature > 0 else { return "greedy" }
        let limits = [topK.map { "top-k \($0)" }, topP.map { "top-p \($0)" }].compactMap(\.self)
        return (["temperature \(temperature)"] + limits + ["seed \(seed)"]).joined(separator: ", ")
    }
}
