import Inference
import Kernels

extension Importance {
    /// Adds up what goes into every weight matrix over a corpus, as llama-imatrix does: Σ x² a column, and how many tokens.
    ///
    /// Every matrix of the model has an entry; one that saw nothing, as those of an expert that no token chose, counts 0.
    /// - Parameters:
    ///   - sample: What to take of the corpus; all of it, once, unless given.
    ///   - firstToken: As in `Perplexity.measure`.
    /// - Throws: what running throws.
    /// - Source: llama.cpp, `tools/imatrix/imatrix.cpp`.
    public static func measure(
        _ model: Model, over corpus: TokenCorpus, sample: CalibrationSample? = nil, engine: Engine,
        firstToken: Int? = nil, progress: ((Int) -> Void)? = nil
    ) throws -> Importance {
        let sample = sample ?? CalibrationSample(windowCount: corpus.items.count)
        let sequences = corpus.sequences(firstToken: firstToken)
        let tally = ImportanceTally(pool: engine.compute.pool)
        for (role, matrix) in model.tensors where role.part.isMultiplied && role != Role(.embedding) {
            tally.expect(role, columns: matrix.columns)
        }
        var request = ScanRequest(sequences: sample.windows.map { sequences[$0] }) { _ in [] }
        request.progress = progress
        request.inputs = { tally.add($0) { role, sequence in sample.times(sample.windows[sequence], role) } }
        try engine.scan(model, request) { _ in }
        return tally.importance(
            corpora: [corpus.name], chunkCount: sample.windows.count,
            chunkLength: corpus.windowLength ?? sequences.map(\.count).max() ?? 0)
    }
}

extension Role.Part {
    /// Whether rows are multiplied with it: matrices, not norms, biases and sinks.
    public var isMultiplied: Bool {
        switch self {
        case .rotaryDivisors, .attentionNorm, .queryBias, .queryNorm, .keyBias, .keyNorm, .valueBias, .sinks,
            .attentionOutputBias, .feedForwardNorm, .routerBias, .gateBias, .upBias, .downBias, .finalNorm:
            false
        default: true
        }
    }
}
