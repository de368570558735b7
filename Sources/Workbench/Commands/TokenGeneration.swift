import Architectures
import Inference
import Language
import Surgery
import Tensors
import Tokenizers

/// A sequence continued token by token, streamed where somebody watches.
struct TokenGeneration {
    /// The labels that say how tokens are drawn and how many.
    static let labels = [
        Label("max", Parameter("tokens", .integer), docs: "the most tokens to add; 128 unless given"),
        Label("temperature", Parameter("t", .number(.none)), docs: "0, as unless given, takes the likeliest token"),
        Label("seed", Parameter("number", .integer), docs: "what draws are keyed by; the session's unless given"),
        Label("top-k", Parameter("k", .integer), docs: "draws only among so many likeliest tokens"),
        Label(
            "top-p", Parameter("share", .number(.fraction)),
            docs: "draws only among the likeliest that reach this share"),
    ]

    /// The ids that were added, with the mark that ended them if one did.
    private(set) var added: [Int] = []
    /// What was given, as text.
    private(set) var promptText = ""
    /// What was added, as text.
    private(set) var text = ""
    /// What ended it.
    private(set) var end = "max"
    let rule: String
    let isStreamed: Bool

    /// Continues a prompt as a command's labels say.
    /// - Parameters:
    ///   - ends: ids after which it is over.
    ///   - showsPrompt: whether the prompt is streamed, too.
    init(
        _ model: ModelValue, prompt: [Int], ends: [Int], call: Invocation, showsPrompt: Bool, in session: Session
    ) throws {
        let context = model.model.blueprint.contextLength
        guard prompt.count < context else {
            throw LanguageError(
                code: "generate.context", "the text has \(prompt.count) tokens, and the model was made for \(context)",
                help: "Use a shorter text.", span: call.argument("text")?.span)
        }
        let limit = try call["max"]?.asInteger(in: 1...Int.max) ?? 128
        let most = min(limit, context - prompt.count)
        try model.model.checkInterventions(length: prompt.count + most)
        let sampler = try Self.sampler(call, session)
        rule = sampler.rule
        isStreamed = call.isStatement && session.settings.mode == .text
        let tokenizer = model.checkpoint.hasTokenizer ? try model.checkpoint.tokenizer() : nil
        var writer = GenerationWriter(tokenizer: tokenizer, output: isStreamed ? session.output : nil)
        defer { writer.finish() }
        try writer.start(prompt, isShown: showsPrompt)
        var continuation = try Continuation(
            session.engine, model: model.model, prompt: prompt, capacity: prompt.count + most)
        if most < limit { end = "the context of \(context) tokens" }
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
        (promptText, text) = (writer.promptText, writer.text)
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
