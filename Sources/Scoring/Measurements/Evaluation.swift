import Inference
import Kernels

/// How a model answers questions: whether its greedy answer is right, whether the right answer is likelier than a wrong
/// one, and how unlikely the right one is.
public struct Evaluation: Sendable {
    /// What came out for one item.
    public struct Item: Sendable, Hashable {
        /// The log-probability of the whole answer.
        /// - Units: nats.
        public let answer: Double
        /// That of the wrong one, if it was asked for.
        public let wrong: Double?
        /// Whether every token of the answer is the model's first choice behind what precedes it.
        public let isExact: Bool
        /// Whether the first choice counts as right: one of the item's accepted tokens, or else an exact answer.
        public let isAccepted: Bool
    }

    /// A family's or variant's shares.
    public struct Group: Sendable, Hashable {
        public let name: String
        public let n: Int
        /// Items whose answer counts as right.
        public let accepted: Int
        /// Items answered to the letter.
        public let exact: Int
        /// Items whose right answer is likelier than the wrong one.
        public let paired: Int
        /// The mean of −ln p over right answers.
        /// - Units: nats an answer.
        public let meanLoss: Double

        public var acceptedShare: Double { Double(accepted) / Double(n) }
        public var exactShare: Double { Double(exact) / Double(n) }
        public var pairedShare: Double { Double(paired) / Double(n) }
    }

    public let items: [Item]
    /// A row a family, in the order of the corpus.
    public let families: [Group]
    /// A row a family and variant, sorted by name (`family/variant`).
    public let variants: [Group]

    /// Puts a corpus's questions to a model.
    /// - Parameters:
    ///   - prefix: Tokens before each prompt, such as a beginning of sequence.
    ///   - usesCorrupt: Whether to put the corrupted prompts instead.
    ///   - comparesWrong: Whether to read the wrong answers too.
    /// - Throws: `ScoringError` for an item without the answers or prompt that are asked for; what running throws.
    public static func measure(
        _ model: Model, over corpus: TokenCorpus, engine: Engine, prefix: [Int] = [], usesCorrupt: Bool = false,
        comparesWrong: Bool = true, progress: ((Int) -> Void)? = nil
    ) throws -> Evaluation {
        var questions: [Question] = []
        for item in corpus.items {
            let prompt = prefix + (usesCorrupt ? try item.corruptTokens(in: corpus.name) : item.tokens)
            questions.append(try Question(prompt: prompt, answer: item.answer, "answer", corpus.name))
            if comparesWrong {
                questions.append(try Question(prompt: prompt, answer: item.wrong, "wrong answer", corpus.name))
            }
        }
        let replies = try engine.replies(model, questions, progress: progress)
        let step = comparesWrong ? 2 : 1
        let items = corpus.items.enumerated().map { index, item in
            let reply = replies[index * step]
            return Item(
                answer: reply.logProbability, wrong: comparesWrong ? replies[index * step + 1].logProbability : nil,
                isExact: reply.isExact, isAccepted: item.accepted.map { $0.contains(reply.first) } ?? reply.isExact)
        }
        return Evaluation(corpus: corpus, items: items)
    }

    private init(corpus: TokenCorpus, items: [Item]) {
        self.items = items
        families = corpus.families.map { family in
            Self.group(family, items, where: { corpus.items[$0].family == family })
        }
        let names = Set(corpus.items.compactMap(\.variantName)).sorted()
        variants = names.map { name in Self.group(name, items, where: { corpus.items[$0].variantName == name }) }
    }

    private static func group(_ name: String, _ items: [Item], where isMember: (Int) -> Bool) -> Group {
        let members = items.indices.filter(isMember).map { items[$0] }
        let loss = members.reduce(0) { $0 - $1.answer }
        return Group(
            name: name, n: members.count, accepted: members.filter(\.isAccepted).count,
            exact: members.filter(\.isExact).count,
            paired: members.filter { item in item.wrong.map { item.answer > $0 } ?? false }.count,
            meanLoss: loss / Double(members.count))
    }
}

extension TokenItem {
    /// Family and variant, as tables name it.
    var variantName: String? { family.map { $0 + "/" + (variant ?? "") } }
}

/// A prompt and the answer whose probability is wanted.
struct Question {
    let prompt: [Int]
    let answer: [Int]

    init(prompt: [Int], answer: [Int]?, _ what: String, _ corpus: String) throws(ScoringError) {
        guard let answer, !answer.isEmpty, !prompt.isEmpty else {
            throw ScoringError(
                code: "corpus.answer", subject: corpus, message: "an item has no prompt or no \(what)",
                remedy: "use items with prompt, answer and wrong")
        }
        self.prompt = prompt
        self.answer = answer
    }

    /// The positions whose next token is one of the answer's.
    var positions: [Int] { Array(prompt.count - 1..<prompt.count + answer.count - 1) }
}

/// What a model makes of a question.
struct Reply {
    var logProbability = 0.0
    var isExact = true
    /// The model's first choice behind the prompt.
    var first = 0
}

extension Engine {
    func replies(_ model: Model, _ questions: [Question], progress: ((Int) -> Void)? = nil) throws -> [Reply] {
        var replies = questions.map { _ in Reply() }
        var request = ScanRequest(sequences: questions.map { $0.prompt + $0.answer.dropLast() }) {
            questions[$0].positions
        }
        request.progress = progress
        try scan(model, request) { block in
            let count = block.vocabularyCount
            for row in 0..<block.rowCount {
                guard let logits = block[row].baseAddress else { continue }
                let question = questions[block.sequences[row]]
                let place = block.positions[row] - question.prompt.count + 1
                let target = question.answer[place]
                let choice = compute.topIndices(logits, count: count, k: 1).first ?? 0
                replies[block.sequences[row]].logProbability += Metric.logProbability(logits, count, target)
                if choice != target { replies[block.sequences[row]].isExact = false }
                if place == 0 { replies[block.sequences[row]].first = choice }
            }
        }
        return replies
    }
}
