import Documents
import Inference

extension Family {
    /// The blueprint that GGUF metadata describe in a family whose layers are all dense.
    func denseBlueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(gguf: &keys)
        let widths = try keys.perLayer("feed_forward_length", layers: common.layers)
        let rotary = try keys.rotary(ggufTruncates: ggufTruncatesYarn, contextLength: common.contextLength)
        try keys.expect("expert_count", [0])
        try keys.expect("expert_used_count", [0])
        let layers = try keys.required(widths, "feed_forward_length").map {
            LayerBlueprint(window: nil, feedForward: .dense(width: $0))
        }
        return Reading(
            blueprint: common.blueprint(family: name, rotary: rotary, tiedEmbeddings: true, layers: layers))
    }
}
