import Architectures
import Language
import Scoring
import Tokenizers

/// `evaluate MODEL over CORPUS`: whether it answers right.
enum Evaluate: Command {
    static let signature = Signature(
        "evaluate", "puts a corpus' questions to a model",
        docs: """
            An item counts as right if the greedy answer is the given one to the letter, or if its first token is one that \
            the item accepts. `bos` puts the token that begins a sequence before each prompt; `corrupt` puts the corrupted \
            prompts of those items that have one.
            """,
        category: Shelf.compression, parameters: [Parameter("model", .any, "the model")],
        labels: [
            Label("over", Parameter("corpus"), docs: "items with prompt, answer and wrong", required: true),
            Label("bos", docs: "begins each prompt with the token that begins a sequence"),
            Label("corrupt", docs: "puts the corrupted prompts instead"),
        ],
        result: "shares of right answers, higher is better, and nats an answer, lower is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            bench = corpus "examples/models/errbench.jsonl"
            e = evaluate m over bench.family["ioi"][0:20]
            e.variants
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.model()
        let isCorrupt = call.has("corrupt")
        var corpus = try call.corpus().tokens(for: model)
        if isCorrupt {
            corpus = TokenCorpus(name: "corrupted " + corpus.name, items: corpus.items.filter { $0.corrupt != nil })
        }
        let families = corpus.families
        if families.isEmpty || corpus.items.contains(where: { $0.family == nil }) {
            let rest = families.isEmpty ? "all" : "other"
            corpus = TokenCorpus(
                name: corpus.name,
                items: corpus.items.map { item in
                    var item = item
                    item.family = item.family ?? rest
                    return item
                })
        }
        let evaluation = try Evaluation.measure(
            model.model, over: corpus, engine: session.engine, prefix: call.has("bos") ? [try beginning(model)] : [],
            usesCorrupt: isCorrupt, comparesWrong: corpus.items.allSatisfy { $0.wrong != nil },
            progress: session.progress("evaluate", corpus))
        return Outcome(
            .object(
                EvaluationValue(
                    evaluation: evaluation, corpus: corpus.name, model: model.title,
                    arithmetic: session.settings.arithmetic)))
    }

    private static func beginning(_ model: ModelValue) throws -> Int {
        guard let token = try model.checkpoint.tokenizer().vocabulary.bos else {
            throw LanguageError(
                code: "tokenizer.beginning", "\(model.path) names no token that begins a sequence",
                help: "Leave bos out.")
        }
        return token
    }
}
