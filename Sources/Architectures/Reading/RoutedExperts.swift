import Documents
import Inference

/// How many routed experts every layer has and uses, as GGUF metadata say.
struct RoutedExperts {
    /// How routing weights are made, by llama.cpp's numbers.
    enum Gating: Int {
        /// A softmax over all experts.
        case softmax = 1
        /// A softmax over the logits of the chosen ones.
        case softmaxOfChosen = 3
    }

    let count: Int
    /// How many a token uses, for each layer.
    let active: [Int]

    init(
        gguf keys: inout Hyperparameters, layers: Int, gating: Gating = .softmax
    ) throws(BindingError) {
        count = try keys.integer("expert_count", in: 1...Hyperparameters.expertLimit, default: nil)
        let used = try keys.perLayer("expert_used_count", layers: layers, in: 1...count)
        active = try keys.required(used, "expert_used_count")
        try keys.expect("expert_gating_func", [.number(JSONNumber(gating.rawValue))])
    }

    /// The width of an expert where `feed_forward_length` is that.
    func width(_ keys: inout Hyperparameters) throws(BindingError) -> Int {
        let width = try keys.uniform("feed_forward_length", layers: active.count, default: nil)
        try keys.expect("expert_feed_forward_length", [.number(JSONNumber(width))])
        return width
    }

    /// The width of an expert where it has a key of its own; without, that of all experts a token uses is shared among them.
    func ownWidth(_ keys: inout Hyperparameters) throws(BindingError) -> Int {
        let outer = try keys.perLayer("feed_forward_length", layers: active.count)
        let share = outer.flatMap { $0[0] >= active[0] ? $0[0] / active[0] : nil }
        return try keys.uniform("expert_feed_forward_length", layers: active.count, default: share)
    }

    /// Layers that see all positions.
    func layers(width: Int, sharedWidth: Int? = nil) -> [LayerBlueprint] {
        active.map {
            LayerBlueprint(
                window: nil, feedForward: .experts(count: count, active: $0, width: width),
                sharedExpertWidth: sharedWidth)
        }
    }
}
