import Inference
import Tensors
import Testing

/// Sweeps leave out what cannot change, and nothing else.
struct SweepLawTests {
    /// Prompts that differ in one token: everything before it is the same in both.
    @Test(arguments: LawTests.paths)
    func positionsBeforeTheFirstDifferenceAreLeftOutAndChangeNoBit(path: String) throws {
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 24, seed: 8)
        var others = tokens
        others[13] = (tokens[13] + 1) % model.blueprint.vocabularyCount
        let base = try Parity.engine.run(model, tokens: tokens)
        let source = try Parity.engine.run(model, tokens: others)
        for variants in try [LawTests.variants(model, source), LawTests.variants(model, base)] {
            for positions in [[4, 23], [23]] {
                try Parity.engine.sweep(base, variants: variants, logitsAt: positions) { outcome in
                    let full = try Parity.engine.run(model, tokens: tokens, interventions: variants[outcome.index])
                    let name = Comment(rawValue: "\(variants[outcome.index].map(\.site.name)) at \(positions)")
                    #expect(
                        outcome.logits.values.map(\.bitPattern) == full.logits(at: positions).values.map(\.bitPattern),
                        name)
                    #expect(outcome.fired == full.fired, name)
                }
            }
        }
    }

    @Test(arguments: LawTests.paths)
    func variantsThatStartAtDifferentPositionsShareAPassAndChangeNoBit(path: String) throws {
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 24, seed: 10)
        let base = try Parity.engine.run(model, tokens: tokens)
        let source = try Parity.engine.run(model, tokens: LawTests.tokens(model, 24, seed: 11))
        for kind in [SiteKind.residPre, .z, .residMid] {
            let site = Site(kind, layer: 1)
            let values = try source.value(of: site)
            let positions = [17, 0, 23, 5, 5, 22]
            let variants = positions.map {
                [Intervention(site: site, positions: [$0], action: .replace(values))]
            }
            var seen = 0
            let cost = try Parity.engine.sweep(base, variants: variants, logitsAt: [23]) { outcome in
                seen += 1
                let full = try Parity.engine.run(model, tokens: tokens, interventions: variants[outcome.index])
                let name = Comment(rawValue: "\(kind) at \(positions[outcome.index])")
                #expect(
                    outcome.logits.values.map(\.bitPattern) == full.logits(at: [23]).values.map(\.bitPattern), name)
                #expect(outcome.fired == full.fired, name)
            }
            #expect(seen == variants.count)
            let layers = model.blueprint.layers.count - 1
            #expect(cost.computedCells == positions.reduce(0) { $0 + 24 - $1 } * layers)
        }
    }

    @Test(arguments: LawTests.paths)
    func aPatchBeginsWhereThePromptsDiffer(path: String) throws {
        let model = try Parity.model(path)
        let tokens = LawTests.tokens(model, 24, seed: 9)
        var others = tokens
        others[13] = (tokens[13] + 1) % model.blueprint.vocabularyCount
        let base = try Parity.engine.run(model, tokens: tokens)
        let source = try Parity.engine.run(model, tokens: others)
        let layerCount = model.blueprint.layers.count
        for layer in 0..<layerCount {
            let site = Site(.z, layer: layer)
            let patch = Intervention(site: site, action: .replace(try source.value(of: site)))
            let cost = try Parity.engine.sweep(base, variants: [[patch]], logitsAt: [23]) { _ in }
            #expect(cost.computedCells == (24 - 13) * (layerCount - layer))
            #expect(cost.fullCells == 24 * layerCount)
        }
    }

    @Test(arguments: LawTests.paths)
    func aScanOfSomePositionsGivesTheBitsOfAWholeRun(path: String) throws {
        let model = try Parity.model(path)
        let sequences = (0..<4).map { LawTests.tokens(model, 9 + 5 * $0, seed: 20 + $0) }
        let wanted = [[8], [], [0, 5, 18], [22]]
        let layer = model.blueprint.layers.count - 1
        let silenced = Intervention(site: Site(.z, layer: layer), part: .heads([0]), action: .zero)
        var request = ScanRequest(sequences: sequences) { wanted[$0] }
        request.interventions = { _ in [silenced] }
        var seen = 0
        try Parity.engine.scan(model, request) { block in
            for row in 0..<block.rowCount {
                let full = try Parity.engine.run(
                    model, tokens: sequences[block.sequences[row]], interventions: [silenced])
                let expected = full.logits(at: [block.positions[row]]).values
                #expect(block[row].map(\.bitPattern) == expected.map(\.bitPattern))
                seen += 1
            }
        }
        #expect(seen == 5)
    }
}
