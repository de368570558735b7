import Inference

extension Blueprint {
    /// The rows and columns of a part's matrix; a vector has one row.
    func dimensions(of part: Role.Part, layer: Int?) -> (rows: Int, columns: Int) {
        let queries = headCount * headDimension
        let keys = keyValueHeadCount * headDimension
        let width = layer.map { layers[$0].feedForwardWidth } ?? 0
        let experts = layer.map { layers[$0].expertCount } ?? 0
        let shared = layer.flatMap { layers[$0].sharedExpertWidth } ?? 0
        switch part {
        case .embedding, .output: return (vocabularyCount, hiddenSize)
        case .attentionNorm, .feedForwardNorm, .finalNorm: return (1, hiddenSize)
        case .query: return (queries, hiddenSize)
        case .key, .value: return (keys, hiddenSize)
        case .queryBias: return (1, queries)
        case .keyBias, .valueBias: return (1, keys)
        case .queryNorm: return (1, queryKeyNorm == .whole ? queries : headDimension)
        case .keyNorm: return (1, queryKeyNorm == .whole ? keys : headDimension)
        case .rotaryDivisors: return (1, headDimension / 2)
        case .sinks: return (1, headCount)
        case .attentionOutput: return (hiddenSize, queries)
        case .attentionOutputBias, .downBias: return (1, hiddenSize)
        case .router: return (experts, hiddenSize)
        case .routerBias: return (1, experts)
        case .gate, .up: return (width, hiddenSize)
        case .gateBias, .upBias: return (1, width)
        case .down: return (hiddenSize, width)
        case .sharedExpertGate: return (1, hiddenSize)
        case .sharedGate, .sharedUp: return (shared, hiddenSize)
        case .sharedDown: return (hiddenSize, shared)
        }
    }
}

extension Role.Part {
    /// Whether files hold it with one axis (an expert's: one axis beside that of the experts).
    var isVector: Bool {
        switch self {
        case .embedding, .query, .key, .value, .attentionOutput, .router, .gate, .up, .down, .sharedExpertGate,
            .sharedGate, .sharedUp, .sharedDown, .output:
            false
        default: true
        }
    }

    /// Whether there is one for the whole model rather than one a layer.
    var isGlobal: Bool { [.embedding, .rotaryDivisors, .finalNorm, .output].contains(self) }

    /// Whether converters to GGUF keep it in float32, as llama.cpp wants it.
    var isKeptInFloat32: Bool { isVector || self == .router || self == .sharedExpertGate }
}
