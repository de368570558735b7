import Architectures
import Foundation
import Inference
import Kernels
import Tensors
import Tokenizers

/// The routes that a small model's tokens really take through a text, for a larger one to follow: as skewed and as steady as
/// routes are.
struct BorrowedRoutes {
    /// For each layer of the small model, the experts of each token.
    private let layers: [[[Int]]]
    private let expertCount: Int

    private static let windowLength = 512
    private static let windows = 10

    /// - Parameter source: `MODEL:TEXT`.
    /// - Throws: `BenchError` for a source that is none, and what reading it throws.
    init(_ source: String) throws {
        let parts = source.split(separator: ":").map(String.init)
        guard parts.count == 2 else {
            throw BenchError(subject: source, message: "routes are random or MODEL:TEXT", remedy: BenchRequest.usage)
        }
        let checkpoint = try Checkpoint.open(parts[0])
        let text = try String(contentsOfFile: parts[1], encoding: .utf8)
        let ids = try checkpoint.tokenizer().encode(text, parsingSpecialTokens: true, addingBoundary: false)
        let engine = Engine(compute: Compute())
        var layers = Array(repeating: [[Int]](), count: checkpoint.model.blueprint.layers.count)
        for start in stride(from: 0, to: ids.count, by: Self.windowLength).prefix(Self.windows) {
            let window = Array(ids[start..<min(start + Self.windowLength, ids.count)])
            let run = try engine.run(checkpoint.model, tokens: window)
            for layer in checkpoint.model.blueprint.expertLayers {
                let chosen = try run.value(of: Site(.expertIndices, layer: layer))
                let slots = chosen.count / window.count
                layers[layer] += window.indices.map { row in
                    chosen.values[row * slots..<(row + 1) * slots].map { Int($0) }
                }
            }
        }
        self.layers = layers.filter { !$0.isEmpty }
        expertCount = checkpoint.model.blueprint.layers.map(\.expertCount).max() ?? 0
    }

    /// The experts of a position in a layer of a larger model: its experts stand in groups as large as the small model's, and
    /// each group follows another place of the text.
    func experts(_ shape: LayerBlueprint, layer: Int, _ position: Int) -> [Int] {
        guard !layers.isEmpty, expertCount > 0 else { return [] }
        let routes = layers[layer % layers.count]
        let groups = max(1, shape.expertCount / expertCount)
        let chosen = (0..<groups).flatMap { group in
            let place = position + 211 * (layer / layers.count) + group * routes.count / groups
            return routes[place % routes.count].map { $0 + group * expertCount }
        }
        return Array(chosen.filter { $0 < shape.expertCount }.prefix(shape.activeExpertCount))
    }
}
