import Inference
import Scoring
import Testing

struct PlanTests {
    static let tiny = Result { try TinyModel("qwen3moe-dense-layers") }

    /// Scores that grow with the expert's number, but for a tie of the two best.
    private func scores(_ model: Model, direction: Direction = .higher) -> Scores {
        Scores(
            criterion: "made-up", axis: "expert",
            values: model.blueprint.layers.map { layer in
                layer.expertCount == 0 ? nil : (0..<layer.expertCount).map { Double(min($0, layer.expertCount - 2)) }
            }, unit: "points", direction: direction)
    }

    @Test func topKeepsTheBestAndTheLowestOfEqualOnes() throws {
        let model = try Self.tiny.get().model
        let count = try #require(model.blueprint.layers.map(\.expertCount).max())
        let plan = try scores(model).select(.top(2), of: model)
        for layer in model.blueprint.layers.indices {
            #expect(
                plan.kept[layer] == (model.blueprint.layers[layer].expertCount == 0 ? nil : [count - 2, count - 1]))
        }
        let lowest = try scores(model, direction: .lower).select(.top(3), of: model)
        #expect(lowest.kept.compactMap { $0 }.allSatisfy { $0 == [0, 1, 2] })
        #expect(plan.isUniform && plan.criterion == "made-up")
        #expect(plan.dropped(model.blueprint.expertLayers[0]) == Array(0..<count - 2))
    }

    @Test func fractionsRoundUpAndFloorsHold() throws {
        let model = try Self.tiny.get().model
        let count = try #require(model.blueprint.layers.map(\.expertCount).max())
        let active = try #require(model.blueprint.layers.map(\.activeExpertCount).max())
        let share = Double(count - 1) / Double(count)
        #expect(try scores(model).select(.fraction(share), of: model).keptCounts.allSatisfy { $0 == count - 1 })
        #expect(try scores(model).select(.fraction(0.01), of: model).keptCounts.allSatisfy { $0 == active })
        #expect(
            try scores(model).select(.fraction(0.01), of: model, floor: 3).keptCounts.allSatisfy {
                $0 == max(3, active)
            })
        #expect(throws: ScoringError.self) { try scores(model).select(.top(active - 1), of: model) }
        #expect(throws: ScoringError.self) { try scores(model).select(.top(count + 1), of: model) }
        #expect(throws: ScoringError.self) { try scores(model).select(.fraction(1.5), of: model) }
    }

    @Test func budgetsAreMetAndNotWasted() throws {
        let model = try Self.tiny.get().model
        let sizes = ExpertSizes(model)
        let whole = model.byteCount
        let layer = model.blueprint.expertLayers[0]
        let one = sizes.bytes(layer: layer, expert: 0)
        let layers = model.blueprint.expertLayers.count
        #expect(
            try scores(model).select(.budget(whole), of: model).keptCounts
                == model.blueprint.expertLayers.map {
                    model.blueprint.layers[$0].expertCount
                })
        let budget = whole - one * layers - 1
        let uniform = try scores(model).select(.budget(budget), of: model)
        #expect(sizes.total(uniform) <= budget && sizes.total(uniform) + one * layers > budget)
        let greedy = try scores(model).select(.budget(budget), of: model, isUniform: false)
        #expect(sizes.total(greedy) <= budget && sizes.total(greedy) + one > budget)
        let error = #expect(throws: ScoringError.self) { try scores(model).select(.budget(1000), of: model) }
        #expect(error?.remedy?.contains("at least") == true)
    }

    @Test func aPlanChecksWhatItIsFor() throws {
        let model = try Self.tiny.get().model
        let counts = model.blueprint.layers.map(\.expertCount)
        let plan = try scores(model).select(.top(3), of: model)
        try plan.check(model.blueprint)
        #expect(throws: ScoringError.self) { try plan.check(TinyModel("gptoss-yarn").model.blueprint) }
        #expect(throws: ScoringError.self) { try Plan(kept: [[0, 0]], expertCounts: [4]) }
        #expect(throws: ScoringError.self) { try Plan(kept: [[4]], expertCounts: [4]) }
        #expect(throws: ScoringError.self) { try Plan(kept: [nil], expertCounts: [4]) }
        #expect(throws: ScoringError.self) { try Plan(kept: [[0]], expertCounts: [0]) }
        let again = try Plan(kept: plan.kept, expertCounts: counts, criterion: plan.criterion)
        #expect(again == plan)
    }
}
