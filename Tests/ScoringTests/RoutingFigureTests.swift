import Documents
import Inference
import Scoring
import TeachingSupport
import Testing

/// Routing shares, information and single experts' worth as PyTorch measured them, to the printed digits.
@Suite(.serialized)
struct RoutingFigureTests {
    @Test(arguments: TeachingModel.names)
    func sharesAndInformation(name: String) throws {
        let teaching = try TeachingModel(name)
        let routes = try teaching.routes()
        let figures = teaching.figures["routing"]
        #expect(routes.families == teaching.families)
        for layer in routes.layers {
            func printed(_ key: String) -> Double? { figures?[key]?[layer.layer]?.asDouble }
            for (family, shares) in layer.shares.enumerated() {
                let row = figures?["share"]?[layer.layer]?[family]?.numbers ?? []
                #expect(shares.indices.allSatisfy { Figure.isPrinted(shares[$0], as: row[$0], decimals: 4) })
            }
            let usage = figures?["usage"]?[layer.layer]?.numbers ?? []
            #expect(layer.usage.indices.allSatisfy { Figure.isPrinted(layer.usage[$0], as: usage[$0], decimals: 4) })
            #expect(Figure.isPrinted(layer.familyInformation, as: printed("mi_expert_family_bits"), decimals: 3))
            #expect(Figure.isPrinted(layer.tokenInformation, as: printed("mi_expert_token_bits"), decimals: 3))
            #expect(Figure.isPrinted(layer.expertEntropy, as: printed("expert_entropy_bits"), decimals: 3))
            #expect(Figure.isPrinted(layer.entropyGivenFamily, as: printed("entropy_given_family_bits"), decimals: 3))
            #expect(layer.totals.reduce(0, +) == routes.tokenCount * 2)
        }
        // The order in which least used experts are dropped is the order of the printed usage.
        for (layer, row) in routes.layers.enumerated() {
            let usage = figures?["usage"]?[layer]?.numbers ?? []
            #expect(zip(row.leastUsedFirst, row.leastUsedFirst.dropFirst()).allSatisfy { usage[$0] <= usage[$1] })
        }
    }

    @Test(arguments: TeachingModel.names)
    func lossWithoutEachExpert(name: String) throws {
        let teaching = try TeachingModel(name)
        let corpus = try teaching.familyWindows(1)
        let layers = TeachingModel.checksAll ? Array(0..<4) : [3]
        let scores = try Scores.experts(
            of: teaching.model, by: [.ablation], over: corpus, layers: layers, engine: teaching.engine)[0]
        for layer in layers {
            for (expert, rise) in (scores.values[layer] ?? []).enumerated() {
                let printed = teaching.figures["drop_one"]?[layer]?[expert]?["mean"]?.asDouble
                #expect(Figure.isPrinted(rise, as: printed, decimals: 4), "layer \(layer), expert \(expert)")
            }
        }
    }

    @Test func theFamilyThatSuffersMost() throws {
        let teaching = try TeachingModel("gptoss")
        let (layer, expert) = (0, 8)
        let printed = teaching.figures["drop_one"]?[layer]?[expert]
        var rises: [(family: String, rise: Double)] = []
        for family in teaching.families {
            let window = try teaching.windows(family).sliced(to: 1)
            let means = try teaching.engine.means(
                of: .loss, teaching.model, over: window,
                variants: { _, _ in [[.dropping(expert: expert, layer: layer)]] })
            rises.append((family, means.variants[0] - means.base))
        }
        let worst = rises.max { $0.rise < $1.rise }
        #expect(worst?.family == printed?["worst"]?.asString)
        #expect(Figure.isPrinted(worst?.rise ?? 0, as: printed?["worst_rise"]?.asDouble, decimals: 4))
    }
}
