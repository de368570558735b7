import Inference
import Kernels
import Tensors

extension Metric {
    /// Makes the metric ready for a sequence.
    /// - Parameter item: Where answers come from, if the metric takes them from the corpus.
    /// - Throws: `ScoringError` for an answer that is missing, of several tokens or outside the vocabulary, for a
    ///   sequence too short, for a reference over other tokens; what running the reference throws.
    public func prepared(
        for tokens: [Int], item: TokenItem? = nil, model: Model, engine: Engine
    ) throws -> PreparedMetric {
        let count = model.blueprint.vocabularyCount
        let (compute, positions) = (engine.compute, try positions(for: tokens))
        func ready(_ rowValue: @escaping (Int, UnsafePointer<Float>) -> Double) -> PreparedMetric {
            PreparedMetric(positions: positions, compute: compute, vocabularyCount: count, rowValue: rowValue)
        }
        func id(_ token: Token, _ part: KeyPath<TokenItem, [Int]?>, _ name: String) throws(ScoringError) -> Int {
            try resolve(token, item?[keyPath: part], name, vocabularyCount: count)
        }
        switch kind {
        case .logitDifference(let answer, let wrong):
            let (a, w) = (try id(answer, \.answer, "answer"), try id(wrong, \.wrong, "wrong"))
            return ready { _, row in Double(row[a]) - Double(row[w]) }
        case .probability(let token):
            let a = try id(token, \.answer, "answer")
            return ready { _, row in Elementary.exponential(Self.logProbability(row, count, a)) }
        case .logProbability(let token):
            let a = try id(token, \.answer, "answer")
            return ready { _, row in Self.logProbability(row, count, a) }
        case .rank(let token):
            let a = try id(token, \.answer, "answer")
            return ready { _, row in Double(Self.rank(row, count, a)) }
        case .loss:
            return ready { index, row in -Self.logProbability(row, count, tokens[index + 1]) }
        case .divergence(let reference, _):
            let rows = try logits(of: reference, tokens, positions, engine)
            return ready { index, row in
                rows.values.withUnsafeBufferPointer { values in
                    values.baseAddress.map { Divergence.between($0 + index * count, row, count: count) } ?? 0
                }
            }
        }
    }

    /// Its value on a run.
    /// - Throws: as `prepared`.
    public func value(of run: Run, item: TokenItem? = nil, engine: Engine) throws -> Double {
        let ready = try prepared(for: run.tokens, item: item, model: run.model, engine: engine.under(run.arithmetic))
        return ready.value(run.logits(at: ready.positions))
    }

    static func logProbability(_ row: UnsafePointer<Float>, _ count: Int, _ token: Int) -> Double {
        Double(row[token]) - Elementary.logSumExp(row, count: count)
    }

    private static func rank(_ row: UnsafePointer<Float>, _ count: Int, _ token: Int) -> Int {
        var above = 0
        for index in 0..<count where row[index] > row[token] || (row[index] == row[token] && index < token) {
            above += 1
        }
        return above
    }

    func positions(for tokens: [Int]) throws(ScoringError) -> [Int] {
        switch kind {
        case .loss:
            guard tokens.count > 1 else {
                throw failure("one token predicts nothing to compare with", "use a longer text", "metric.short")
            }
            return Array(0..<tokens.count - 1)
        case .divergence(_, .everywhere):
            return Array(tokens.indices)
        default:
            let place = position.map { $0 < 0 ? $0 + tokens.count : $0 } ?? tokens.count - 1
            guard tokens.indices.contains(place) else {
                throw failure(
                    "there is no position \(position ?? 0)", "positions are 0…\(tokens.count - 1)", "metric.position")
            }
            return [place]
        }
    }

    private func resolve(
        _ token: Token, _ named: [Int]?, _ part: String, vocabularyCount: Int
    ) throws(ScoringError) -> Int {
        let id: Int
        switch token {
        case .id(let number): id = number
        case .ofItem, .firstOfItem:
            guard let named, let first = named.first else {
                throw failure(
                    "an item names no \(part)", "use a corpus whose items have one, or name the token", "metric.answer")
            }
            guard named.count == 1 || token == .firstOfItem else {
                throw failure(
                    "an item's \(part) is \(named.count) tokens long, and the next token is only its first",
                    "use items with answers of one token, or evaluate, which reads whole answers", "metric.tokens")
            }
            id = first
        }
        guard (0..<vocabularyCount).contains(id) else {
            throw failure("the vocabulary has no id \(id)", "ids are 0…\(vocabularyCount - 1)", "metric.token")
        }
        return id
    }

    private func logits(
        of reference: Reference, _ tokens: [Int], _ positions: [Int], _ engine: Engine
    ) throws -> Tensor {
        switch reference {
        case .model(let model):
            return try engine.run(model, tokens: tokens).logits(at: positions)
        case .run(let run):
            guard run.tokens.count == tokens.count else {
                throw failure(
                    "the reference has \(run.tokens.count) tokens and this run \(tokens.count)",
                    "compare runs of equal length", "metric.lengths")
            }
            return run.logits(at: positions)
        }
    }

    private func failure(_ message: String, _ remedy: String, _ code: String) -> ScoringError {
        ScoringError(code: code, subject: label, message: message, remedy: remedy)
    }
}
