import Architectures
import Inference
import Kernels
import Language
import Scoring
import Tokenizers

extension Invocation {
    /// The model that a positional argument names.
    func model(_ name: String = "model") throws -> ModelValue { try required(name).asObject(ModelValue.self, "model") }

    /// The corpus of a label.
    func corpus(_ label: String = "over") throws -> CorpusValue {
        guard let argument = self[label] else {
            throw LanguageError(
                .missingArgument, "`\(signature.name)` needs `\(label)`", help: "usage: \(signature.usage)")
        }
        return try argument.asObject(CorpusValue.self, "corpus")
    }

    /// The corpus of `over` as a model's tokens, in windows of what `context` says.
    func windows(for model: ModelValue) throws -> TokenCorpus {
        try corpus().tokens(for: model, windowLength: try self["context"]?.asInteger(in: 2...Int.max))
    }
}

extension Invocation {
    /// The session's arithmetic with what labels of this command change.
    func arithmetic(in session: Session) throws -> Arithmetic {
        var arithmetic = session.settings.arithmetic
        if let name = try self["precision"]?.asText(), let precision = Precision(rawValue: name) {
            arithmetic.precision = precision
        }
        if let label = label("kv") {
            arithmetic.cache = try CacheChoice.rule(label.arguments.first, label.labels, at: label.span)
        }
        return arithmetic
    }
}

extension ModelValue {
    /// What stands at the start of every window: the beginning of a sequence, where the tokenizer puts one.
    func windowStart() throws -> Int? { try checkpoint.tokenizer().boundary.prefix.first }
}

extension Session {
    /// Tells how far a measurement over a corpus has come.
    func progress(_ task: String, _ corpus: TokenCorpus) -> (Int) -> Void {
        { [output] done in
            output.progress(
                Progress(
                    task: task, done: done, total: corpus.items.count,
                    unit: corpus.windowLength == nil ? "items" : "windows"))
        }
    }
}
