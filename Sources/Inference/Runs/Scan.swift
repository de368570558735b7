import Tensors

/// Logits of some rows of a scan, lent for the length of a call.
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
            for (index, result) in zip(next..<end, results) {
                let wanted = request.positions(index)
                var output = result.output
                if let inputs = request.inputs {
                    observeOutput(model, output, sequence: index, inputs)
                    output = output.gathered(wanted)
                }
                try deliverLogits(model, output, wanted, sequence: index, deliver)
            }
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

    private func deliverLogits(
        _ model: Model, _ output: Rows, _ positions: [Int], sequence: Int, _ deliver: (LogitBlock) throws -> Void
    ) throws {
        let step = Self.logitRows(model)
        for start in stride(from: 0, to: positions.count, by: step) {
            let part = start..<min(start + step, positions.count)
            let rows = logits(model, output.part(part))
            try deliver(
                LogitBlock(
                    sequences: Array(repeating: sequence, count: part.count), positions: Array(positions[part]),
                    logits: rows.buffer, vocabularyCount: rows.width))
            try Interruption.check()
        }
    }
}
