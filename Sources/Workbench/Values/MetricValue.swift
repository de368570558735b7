import Architectures
import Documents
import Language
import Plots
import Scoring
import Tokenizers

/// A metric at the prompt: it holds texts, which become tokens when a model is known.
public struct MetricValue: Sendable {
    /// A token, as the user names it.
    public enum Answer: Sendable, Hashable {
        /// The token that a text is.
        case text(String)
        /// This id, for a checkpoint without a tokenizer.
        case id(Int)
        /// What the item of the run's corpus names; it has to be a single token.
        case ofItem
        /// The first token of what the item names.
        case firstOfItem
    }

    /// What is measured.
    public enum Kind: Sendable {
        case logitDifference(answer: Answer, wrong: Answer)
        case probability(Answer)
        case logProbability(Answer)
        case rank(Answer)
        case loss
        /// From a run, or from the model as it was opened.
        case divergence(from: RunValue?)
    }

    public let kind: Kind
    /// The position it reads; nil for the last, or for all where it is a mean over positions.
    public let position: Int?

    /// What tables call it, such as `logit-diff " Mary" − " John"`.
    public var label: String {
        let name =
            switch kind {
            case .logitDifference(.ofItem, _): "logit-diff answer − wrong"
            case .logitDifference(.firstOfItem, _): "logit-diff answer − wrong, first tokens"
            case .logitDifference(let answer, let wrong): "logit-diff \(answer.name) − \(wrong.name)"
            case .probability(let answer): "prob \(answer.name)"
            case .logProbability(let answer): "logprob \(answer.name)"
            case .rank(let answer): "rank \(answer.name)"
            case .loss: "loss"
            case .divergence(nil): "kl from the unedited model"
            case .divergence(let run?): "kl from \(run.title)"
            }
        return position.map { "\(name) at \($0)" } ?? name
    }

    /// What kind of number it gives.
    public var quantity: Quantity {
        switch kind {
        case .logitDifference: .logitDifference
        case .probability: .probability
        case .logProbability: .logProbability
        case .rank: .rank
        case .loss: .loss
        case .divergence: .divergence
        }
    }

    /// Whether it reads every position of a run.
    var isOverPositions: Bool {
        switch kind {
        case .loss: true
        case .divergence: position == nil
        default: false
        }
    }

    /// The metric for one run of a model.
    /// - Parameter number: The run's number among several, which picks the reference of a divergence.
    /// - Throws: `LanguageError` for an answer that is not one token, for a reference of another count of runs.
    func metric(for model: ModelValue, run number: Int = 0, of count: Int = 1) throws -> Metric {
        let kind: Metric.Kind
        switch self.kind {
        case .logitDifference(let answer, let wrong):
            kind = .logitDifference(answer: try answer.token(model), wrong: try wrong.token(model))
        case .probability(let answer): kind = .probability(try answer.token(model))
        case .logProbability(let answer): kind = .logProbability(try answer.token(model))
        case .rank(let answer): kind = .rank(try answer.token(model))
        case .loss: kind = .loss
        case .divergence(let run):
            kind = .divergence(
                from: try reference(run, model, number, count), position == nil ? .everywhere : .position)
        }
        return Metric(kind, at: position, label: label)
    }

    /// Returns if it can be measured over a corpus.
    /// - Throws: `LanguageError` for a divergence from a run, whose tokens are its own.
    func checkOverCorpus() throws(LanguageError) {
        guard case .divergence(.some) = kind else { return }
        throw LanguageError(
            code: "metric.reference", "a run's tokens are not the corpus', so kl cannot be from it here",
            help: "Leave out `from`: then it is from the model as it was opened.")
    }

    private func reference(
        _ run: RunValue?, _ model: ModelValue, _ number: Int, _ count: Int
    ) throws(LanguageError) -> Metric.Reference {
        guard let run else { return .model(model.checkpoint.model) }
        guard run.runs.count == 1 || run.runs.count == count else {
            throw LanguageError(
                code: "metric.reference", "kl is from \(run.runs.count) runs, and it is measured on \(count)",
                help: "Take one run as the reference, or as many as are measured.")
        }
        return .run(run.runs[run.runs.count == 1 ? 0 : number])
    }
}

extension MetricValue.Answer {
    /// How it stands in labels.
    var name: String {
        switch self {
        case .text(let text): text.debugDescription
        case .id(let id): "#\(id)"
        case .ofItem: "of the item's answer"
        case .firstOfItem: "of the first token of the item's answer"
        }
    }

    /// The token it means to a model.
    /// - Throws: `LanguageError` for a text that is not one token; what opening the tokenizer throws.
    func token(_ model: ModelValue) throws -> Metric.Token {
        switch self {
        case .id(let id): return .id(id)
        case .ofItem: return .ofItem
        case .firstOfItem: return .firstOfItem
        case .text(let text):
            let tokenizer = try model.checkpoint.tokenizer()
            let encode = { (text: String) in
                tokenizer.encode(text, parsingSpecialTokens: true, addingBoundary: false)
            }
            let ids = encode(text)
            if ids.count == 1 { return .id(ids[0]) }
            let pieces = ids.map { model.piece($0).debugDescription }.joined(separator: " ")
            let spaced = " " + text
            let help =
                encode(spaced).count == 1
                ? "With the space before it, \(spaced.debugDescription) is one token."
                : "Choose an answer of one token; `tokens` shows them. Of a corpus' items `first-tokens` takes the first."
            throw LanguageError(
                code: "metric.tokens",
                ids.isEmpty
                    ? "the answer is empty, so it is no token"
                    : "the answer \(text.debugDescription) is \(ids.count) tokens: \(pieces)", help: help)
        }
    }
}

extension MetricValue: SessionValue {
    public var typeName: String { "metric" }

    public var members: [Member] {
        [
            Member("label", "what tables call it"), Member("unit", "what its numbers count"),
            Member("direction", "which way is better"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "label": return .text(label)
        case "unit": return .text(quantity.unit)
        case "direction": return .text(quantity.direction.phrase)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func text(_ options: TextOptions) -> String { "\(label) · \(quantity.unit) · \(quantity.direction.phrase)" }

    public var json: JSON {
        .fields([
            ("metric", .string(label)), ("unit", .string(quantity.unit)),
            ("direction", .string(quantity.direction.rawValue)),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        digest.mix(label)
        if case .divergence(let run?) = kind { run.absorb(into: &digest) }
    }

}
