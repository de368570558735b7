import Tensors

/// Logits of some rows of one sequence of a scan, lent for the length of a call.
public struct LogitBlock {
    /// For each row, the number of its sequence.
    public let sequences: [Int]
    /// For each row, its position.
    public let positions: [Int]
    /// - Shape: [row, vocabulary].
    public let logits: UnsafeBufferPointer<Float>
    public let vocabularyCount: Int

    public var rowCount: Int { sequences.count }

    /// The logits of one row.
    public subscript(row: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: logits[row * vocabularyCount..<(row + 1) * vocabularyCount])
    }
}

/// What a scan over many sequences wants.
public struct ScanRequest {
    public var sequences: [[Int]]
    /// The positions of a sequence whose logits are wanted, ascending.
    public var positions: (Int) -> [Int]
    /// What to change in a sequence, beside the model's interventions.
    public var interventions: (Int) -> [Intervention] = { _ in [] }
    /// Called for each layer with experts; its `lanes` count from `observedBase`.
    public var observer: ((ExpertObservation, _ observedBase: Int) -> Void)?
    /// Called before each batch with the number of sequences done.
    public var progress: ((Int) -> Void)?
    /// Called for every product with weights, the output matrix last; then every position goes through all layers.
    public var inputs: InputObserver?

    public init(sequences: [[Int]], positions: @escaping (Int) -> [Int]) {
        self.sequences = sequences
        self.positions = positions
    }
}

extension Engine {
    /// Rows that a pass takes at most, unless a single sequence is longer.
    static var rowLimit: Int { 1024 }

    /// Runs a model over many sequences, some at a time, handing out logits as they come: sequences in order, positions in
    /// order.
    /// - Throws: `InferenceError` for a bad sequence, `Interrupted`, and what `deliver` throws.
    public func scan(_ model: Model, _ request: ScanRequest, deliver: (LogitBlock) throws -> Void) throws {
        for tokens in request.sequences {
            try check(tokens, model)
            for intervention in model.interventions { try intervention.check(length: tokens.count) }
        }
        var next = 0
        while next < request.sequences.count {
            request.progress?(next)
            let end = batchEnd(from: next, counts: { request.sequences[$0].count }, limit: request.sequences.count)
            let lanes = (next..<end).map { index in
                Lane(
                    tokens: request.sequences[index], first: 0, start: .tokens,
                    interventions: request.interventions(index),
                    wanted: request.inputs == nil ? request.positions(index) : nil)
            }
            let base = next
            let observer = request.observer.map { observer in { observer($0, base) } }
            let results = try forward(
                model, lanes: lanes, layers: model.blueprint.layers.indices,
                capture: Capture(observer: observer, inputs: request.inputs.map { counting($0, from: base) }))
            let outputs = zip(next..<end, results).map { index, result in
                let wanted = request.positions(index)
                guard let inputs = request.inputs else {
                    return SequenceOutput(sequence: index, positions: wanted, rows: result.output)
                }
                observeOutput(model, result.output, sequence: index, inputs)
                return SequenceOutput(sequence: index, positions: wanted, rows: result.output.gathered(wanted))
            }
            try deliverLogits(model, outputs, deliver)
            next = end
        }
        request.progress?(next)
    }

    /// One past the last item of a batch that begins at `start` and stays within the row limit.
    func batchEnd(from start: Int, counts: (Int) -> Int, limit: Int) -> Int {
        var (end, rows) = (start, 0)
        while end < limit, end == start || rows + counts(end) <= Self.rowLimit {
            rows += counts(end)
            end += 1
        }
        return end
    }

    /// Works out the logits of several sequences together, and hands them out sequence by sequence.
    private func deliverLogits(
        _ model: Model, _ outputs: [SequenceOutput], _ deliver: (LogitBlock) throws -> Void
    ) throws {
        let all = Rows.stacked(outputs.map(\.rows), width: model.blueprint.hiddenSize)
        let places = outputs.flatMap { output in output.positions.map { (sequence: output.sequence, position: $0) } }
        let step = Self.logitRows(model)
        for start in stride(from: 0, to: places.count, by: step) {
            let part = places[start..<min(start + step, places.count)]
            let logits = logits(model, all.part(part.indices))
            var rest = part
            while let first = rest.first {
                let own = rest.prefix { $0.sequence == first.sequence }
                let rows = own.startIndex - start..<own.endIndex - start
                try withExtendedLifetime(logits) {
                    try deliver(
                        LogitBlock(
                            sequences: own.map(\.sequence), positions: own.map(\.position),
                            logits: logits.part(of: rows), vocabularyCount: logits.width))
                }
                rest = rest.dropFirst(own.count)
            }
            try Interruption.check()
        }
    }
}

/// The residual stream that a scan wants logits of, of one sequence.
private struct SequenceOutput {
    let sequence: Int
    let positions: [Int]
    let rows: Rows
}
