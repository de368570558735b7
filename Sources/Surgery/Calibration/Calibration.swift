import Inference
import Scoring

/// A text on which weight edits are calibrated, layer by layer.
public struct Calibration {
    public let corpus: TokenCorpus
    /// What is taken of the corpus.
    public let sample: CalibrationSample
    public let engine: Engine
    /// As in `Perplexity.measure`.
    public let firstToken: Int?

    /// - Parameter sample: All of the corpus, once, unless given.
    public init(
        over corpus: TokenCorpus, sample: CalibrationSample? = nil, engine: Engine, firstToken: Int? = nil
    ) {
        self.corpus = corpus
        self.sample = sample ?? CalibrationSample(windowCount: corpus.items.count)
        self.engine = engine
        self.firstToken = firstToken
    }

    /// Goes through a model's layers in order and edits some tensors of each, knowing what goes into them.
    ///
    /// At a time it holds the residual stream of the text and one layer's inputs.
    /// - Parameters:
    ///   - roles: What is to be edited.
    ///   - isSequential: Whether a layer sees what edited earlier layers give.
    ///   - edit: Takes the model so far, the roles of one layer, and their inputs; at last the roles of no layer.
    /// - Throws: what running and `edit` throw.
    func walk(
        _ model: Model, roles: [Role], isSequential: Bool,
        edit: (inout Model, Set<Role>, LayerInputs) throws -> Void
    ) throws -> Model {
        let sequences = corpus.sequences(firstToken: firstToken)
        let windows = sample.windows
        let walk = try LayerWalk(engine, model: model, sequences: windows.map { sequences[$0] })
        let times: (Role, Int) -> Int = { sample.times(windows[$1], $0) }
        var edited = model
        let isOutputMeant = roles.contains(model.outputRole)
        let last = isOutputMeant ? model.blueprint.layers.count - 1 : roles.compactMap(\.layer).max() ?? -1
        for layer in 0..<last + 1 {
            let own = Set(roles.filter { $0.layer == layer })
            if !own.isEmpty {
                let inputs = LayerInputs(wanted: own, times: times)
                try walk.observe(isSequential ? edited : model) { inputs.add($0) }
                try edit(&edited, own, inputs)
            }
            if layer < last || isOutputMeant { try walk.advance(isSequential ? edited : model) }
        }
        let behind = Set(roles.filter { $0.layer == nil })
        if !behind.isEmpty {
            let inputs = LayerInputs(wanted: behind, times: times)
            if isOutputMeant { walk.observeOutput(edited) { inputs.add($0) } }
            try edit(&edited, behind, inputs)
        }
        return edited
    }
}
