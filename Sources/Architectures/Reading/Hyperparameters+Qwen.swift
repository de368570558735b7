import Documents

extension Hyperparameters {
    /// Each layer's window as Qwen's configurations give it, nil where a layer sees all positions.
    /// - Parameter isWindowed: Whether a layer has the window where no list says so: from its number and
    ///   `max_window_layers`.
    mutating func qwenWindows(
        _ layers: Int, _ isWindowed: (_ layer: Int, _ most: Int) -> Bool
    ) throws(BindingError) -> [Int?] {
        let isOn = try boolean("use_sliding_window", default: false)
        let given = mentions("sliding_window") ? try integer("sliding_window", in: 0...Self.sizeLimit) : 4096
        let window = isOn ? given.flatMap { $0 > 0 ? $0 : nil } : nil
        let most = try integer("max_window_layers", in: 0...Self.sizeLimit, default: 28)
        let listed = try layerTypes(layers)
        if let listed, listed.contains(true), window == nil {
            throw bad("layer_types", "sliding_attention", "a sliding_window that is in use")
        }
        return (0..<layers).map { (listed?[$0] ?? isWindowed($0, most)) ? window : nil }
    }

    /// Which layers are dense: those listed, and those between every `decoder_sparse_step`-th.
    mutating func denseLayers(_ layers: Int, experts: Int) throws(BindingError) -> [Bool] {
        let step = try integer("decoder_sparse_step", default: 1)
        let listed = value("mlp_only_layers")
        guard let list = listed?.asArray ?? (listed == nil ? [] : nil) else {
            throw bad("mlp_only_layers", listed ?? .null, "a list of layers")
        }
        var only: Set<Int> = []
        for element in list {
            guard let layer = element.asInteger else { throw bad("mlp_only_layers", element, "a layer") }
            only.insert(layer)
        }
        return (0..<layers).map { only.contains($0) || experts == 0 || ($0 + 1) % step != 0 }
    }
}
