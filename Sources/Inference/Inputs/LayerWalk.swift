import Tensors

/// Many sequences on their way through a model, layer by layer: between layers the model may change, so that later layers are
/// calibrated on what edited earlier ones give.
///
/// It holds the residual stream of every position, positions × hidden × 4 bytes, and nothing of the layers behind it.
public final class LayerWalk {
    private let engine: Engine
    private let sequences: [[Int]]
    private var streams: [Rows]
    /// The layer that comes next.
    public private(set) var layer = 0

    /// Positions of all sequences together.
    public var positionCount: Int { sequences.reduce(0) { $0 + $1.count } }

    /// Begins at the embeddings.
    /// - Throws: `InferenceError` for a sequence that the model cannot run.
    public init(_ engine: Engine, model: Model, sequences: [[Int]]) throws {
        for tokens in sequences {
            try engine.check(tokens, model)
            for intervention in model.interventions { try intervention.check(length: tokens.count) }
        }
        self.engine = engine
        self.sequences = sequences
        streams = []
    }

    /// Shows what goes into the matrices of the next layer, without going on.
    /// - Throws: `Interrupted`.
    public func observe(_ model: Model, _ observer: @escaping InputObserver) throws {
        _ = try run(model, observer)
    }

    /// Goes through the next layer.
    /// - Throws: `Interrupted`.
    public func advance(_ model: Model) throws {
        streams = try run(model, nil)
        layer += 1
    }

    /// Shows what the output matrix reads, behind the last layer.
    public func observeOutput(_ model: Model, _ observer: InputObserver) {
        for (sequence, stream) in streams.enumerated() {
            engine.observeOutput(model, stream, sequence: sequence, observer)
        }
    }

    private func run(_ model: Model, _ observer: InputObserver?) throws -> [Rows] {
        var behind: [Rows] = []
        while behind.count < sequences.count {
            let base = behind.count
            let end = engine.batchEnd(from: base, counts: { sequences[$0].count }, limit: sequences.count)
            let lanes = (base..<end).map { index in
                Lane(
                    tokens: sequences[index], first: 0, start: layer == 0 ? .tokens : .residPre(streams[index]),
                    interventions: [])
            }
            let capture = Capture(inputs: observer.map { counting($0, from: base) })
            let results = try engine.forward(model, lanes: lanes, layers: layer..<layer + 1, capture: capture)
            behind += results.map(\.output)
        }
        return behind
    }
}
