import Documents
import Inference
import Scoring
import Surgery
import TeachingSupport
import Testing

/// What PyTorch measured of single heads, zeroed and patched, over 65 items a family, to the printed digits.
@Suite(.serialized)
struct HeadFigureTests {
    static let cases = TeachingModel.names.flatMap { name in
        (TeachingModel.checksAll ? ["ioi", "induction", "json"] : [name == "gptoss" ? "ioi" : "json"]).map {
            (name, $0)
        }
    }

    @Test(arguments: cases)
    func zeroedAndPatchedHeads(name: String, family: String) throws {
        let teaching = try TeachingModel(name)
        let figures = teaching.figures["heads"]?[family]
        let items = try teaching.questions().family(family).sliced(to: 65)
        let metric = Metric.logitDifference(answer: .firstOfItem, wrong: .firstOfItem)
        let grid = try SweepGrid.heads(layers: Array(0..<4), heads: Array(0..<8), of: teaching.model.blueprint)

        let zeroed = try Sweep.ablate(grid, teaching.model, over: items, measure: metric, engine: teaching.engine)
        let patched = try Sweep.patch(
            grid, teaching.model, over: items, from: .corrupt, measure: metric, engine: teaching.engine)
        #expect(Figure.isPrinted(zeroed.base, as: figures?["clean_logit_diff"]?.asDouble, decimals: 3))
        #expect(patched.base == zeroed.base)
        #expect(Figure.isPrinted(patched.source ?? 0, as: figures?["corrupt_logit_diff"]?.asDouble, decimals: 3))
        let drops = (figures?["zero_ablation_drop"]?.asArray ?? []).flatMap(\.numbers)
        let shares = (figures?["patch_share_of_flip"]?.asArray ?? []).flatMap(\.numbers)
        for cell in 0..<32 {
            #expect(Figure.isPrinted(zeroed.base - zeroed.cells[cell], as: drops[cell], decimals: 3), "cell \(cell)")
            let share = patched.normalization.map { $0(patched.cells[cell]) } ?? .nan
            #expect(Figure.isPrinted(share, as: shares[cell], decimals: 3), "cell \(cell)")
        }
        #expect(zeroed.n == 65)
        #expect(patched.cost.computedCells < patched.cost.fullCells)
    }
}
