import Inference
import Kernels
import Storage
import Tensors

/// Runs models from a cache of pages: brings in what all tokens need once, and each layer's experts when it is their turn.
public final class ExpertPager: ExpertSupply {
    public let cache: PageCache

    public init(_ cache: PageCache) { self.cache = cache }

    public func beginPass(_ model: Model, tokens: Int) {
        cache.beginPass(keeping: layouts(of: model), tokens: tokens, layers: model.blueprint.layers.count)
    }

    public func withExperts(_ uses: [ExpertUse], layer: Int, of model: Model, _ body: ([Int]) -> Void) {
        cache.withUnits(needs(uses, layer, model), layer: layer, body)
    }

    public func expect(_ uses: [ExpertUse], layer: Int, of model: Model) {
        cache.expect(needs(uses, layer, model), layer: layer)
    }

    private func needs(_ uses: [ExpertUse], _ layer: Int, _ model: Model) -> [PageNeed] {
        uses.map { use in
            let parts: [Role.Part] = [.gate, .up, .down]
            let extents = parts.flatMap { part in
                model.tensors[Role(part, layer: layer, expert: use.expert)]?.extents ?? []
            }
            return PageNeed(extents, tokens: use.tokens)
        }
    }

    /// The layouts of the files that the model's constant part lies in.
    private func layouts(of model: Model) -> [PageLayout] {
        var layouts: [PageLayout] = []
        func add(_ role: Role) {
            guard let file = model.tensors[role]?.source as? MappedFile, let layout = file.layout,
                !layouts.contains(where: { $0 === layout })
            else { return }
            layouts.append(layout)
        }
        for part in [Role.Part.embedding, .finalNorm, .output] { add(Role(part)) }
        for layer in model.blueprint.layers.indices {
            for part in [Role.Part.query, .attentionOutput, .router] { add(Role(part, layer: layer)) }
            add(Role(.gate, layer: layer, expert: 0))
        }
        return layouts
    }
}
