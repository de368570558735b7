import Documents
import Foundation
import Language
import Tensors
import Testing
import Workbench

/// `patch` and `ablate`, held against PyTorch: single edits by hooks, and heads over 65 questions.
@Suite struct ExperimentsSurgeryTests {
    /// Edits in the language, under their names in `interventions.json`; FIRST stands for the expert that it names.
    static let edits: [(name: String, command: String)] = [
        ("zero-z-L2H5", "ablate m.heads[2, 5] into a measure ld"),
        ("zero-z-L3H7", "ablate m.heads[3, 7] into a measure ld"),
        ("noise-z-L3H7", "patch m.heads[3, 7] from b into a measure ld"),
        ("denoise-z-L3H7-last", "patch m.heads[3, 7].z at -1 from a into b measure ld"),
        ("denoise-resid-pre-L2P9", "patch m.layers[2].resid-pre at 9 from a into b measure ld"),
        ("denoise-resid-post-L1", "patch m.layers[1] from a into b measure ld"),
        ("denoise-k-L3K1", "patch m.heads[3, 4].k from a into b measure ld"),
        ("denoise-v-L3K1", "patch m.heads[3, 7].v from a into b measure ld"),
        ("denoise-v-L0K0-P9", "patch m.heads[0, 0].v at [9] from a into b measure ld"),
        ("denoise-rot-k-L3K1", "patch m.heads[3, 5].rot-k from a into b measure ld"),
        ("zero-pattern-L3H7", "ablate m.heads[3, 7].pattern into a measure ld"),
        ("zero-attn-out-L1", "ablate m.layers[1].attention into a measure ld"),
        ("zero-mlp-out-L2", "ablate m.layers[2].moe into a measure ld"),
        ("denoise-mlp-out-L0", "patch m.layers[0].mlp-out from a into b measure ld"),
        ("zero-expert-L0-first", "ablate m.layers[0].experts[FIRST] into a measure ld"),
        ("denoise-expert-L3-first", "patch m.layers[3].experts[FIRST] from a into b measure ld"),
        ("zero-channels-L0-first", "ablate m.layers[0].experts[FIRST].channels[::3] into a measure ld"),
        ("denoise-router-logits-L2", "patch m.layers[2].router from a into b measure ld"),
    ]

    @Test(arguments: ExperimentBench.models)
    func editsGiveWhatHooksInPyTorchGive(model: String) throws {
        let golden = try ExperimentBench.interventions(model)
        let bench = try ExperimentBench(model)
        bench.run(
            """
            a = run m bench.family["ioi"][0]
            b = run m bench.family["ioi"][0] corrupt
            ld = logit-diff
            """)
        #expect(abs(try bench.number("measure ld on a") - (golden["logit_difference"]?["clean"]?.asDouble ?? 0)) < 2e-3)
        let cases = golden["cases"]?.asArray ?? []
        for (name, command) in Self.edits {
            let other = try #require(cases.first { $0["name"]?.asString == name })
            let expert = other["edits"]?[0]?["expert"]?.asInteger ?? 0
            let text = command.replacing("FIRST", with: "\(expert)")
            let value = try bench.number("(\(text)).raw")
            #expect(abs(value - (other["logit_difference"]?.asDouble ?? .nan)) < 2e-3, "\(name)")
        }
    }

    /// Half of the figures, which the other half resembles; `LANCET_ALL_FIGURES` checks all.
    static let families: [(String, String)] =
        ProcessInfo.processInfo.environment["LANCET_ALL_FIGURES"] == nil
        ? [("gptoss", "ioi"), ("qwen3moe", "json")]
        : ExperimentBench.models.flatMap { model in ["ioi", "induction", "json"].map { (model, $0) } }

    @Test(arguments: families)
    func headsHaveTheFiguresOfTheTeachingModels(model: String, family: String) throws {
        let figures = try ExperimentBench.headFigures(model, family)
        let bench = try ExperimentBench(model)
        bench.run(
            """
            items = bench.family["\(family)"][0:65]
            clean = run m items
            corrupt = run m items corrupt
            ld = logit-diff first-tokens
            """)
        let patched = try bench.tensor("patch each m.heads from corrupt into clean measure ld")
        let ablated = try bench.tensor("ablate each m.heads into clean measure ld")
        #expect(patched.tensor.shape == [4, 8] && ablated.tensor.axes == ["layer", "head"])
        let drops = figures["zero_ablation_drop"]?.asArray ?? []
        let shares = figures["patch_share_of_flip"]?.asArray ?? []
        for cell in 0..<32 {
            let drop = try #require(drops[cell / 8][cell % 8]?.asDouble)
            let share = try #require(shares[cell / 8][cell % 8]?.asDouble)
            #expect(abs(-Double(ablated.tensor.values[cell]) - drop) < 5.2e-4, "cell \(cell)")
            #expect(abs(Double(patched.tensor.values[cell]) - share) < 5.2e-4, "cell \(cell)")
        }
        let sweep = "(patch each m.heads from corrupt into clean measure ld)"
        #expect(abs(try bench.number(sweep + ".clean") - (figures["clean_logit_diff"]?.asDouble ?? 0)) < 5.2e-4)
        #expect(abs(try bench.number(sweep + ".corrupt") - (figures["corrupt_logit_diff"]?.asDouble ?? 0)) < 5.2e-4)
        #expect(patched.footer[0].contains("65 items"))
        let over = try bench.tensor("ablate each m.heads measure ld over items")
        #expect(over.tensor.values == ablated.tensor.values)
    }

    @Test func aSweepIsOneEditAfterAnotherToTheBit() throws {
        let bench = try ExperimentBench()
        let raw = try bench.tensor("(patch each m.heads from clean into corrupt measure ld).raw").tensor.values
        let share = try bench.tensor("patch each m.heads from clean into corrupt measure ld").tensor.values
        let change = try bench.tensor("ablate each m.heads into clean measure ld").tensor.values
        for (layer, head) in [(0, 0), (0, 2), (1, 5), (2, 3), (3, 7)] {
            let cell = layer * 8 + head
            let run = "(patch m.heads[\(layer), \(head)] from clean into corrupt)"
            #expect(Float(try bench.number("measure ld on \(run)")) == raw[cell])
            let single = "(patch m.heads[\(layer), \(head)] from clean into corrupt measure ld)"
            #expect(Float(try bench.number(single)) == share[cell])
            #expect(Float(try bench.number("\(single).raw")) == raw[cell])
            bench.run("cut = ablate m.heads[\(layer), \(head)]")
            let cut = try bench.number(
                "measure ld on (run cut \"When Mary and John went to the store, John gave a drink to\")")
            #expect(Float(cut - (try bench.number("measure ld on clean"))) == change[cell])
        }
    }

    @Test func patchingARunWithItselfChangesNoBit() throws {
        let bench = try ExperimentBench()
        let own = try bench.number("measure ld on clean")
        for part in ["m.heads", "m.layers.resid-pre", "m.routers", "m.heads.k", "m.heads.pattern", "m.layers.moe"] {
            #expect(try bench.number("measure ld on (patch \(part) from clean into clean)") == own, "\(part)")
            let raw = try bench.tensor("patch each \(part) from clean into clean measure ld raw").tensor.values
            #expect(raw.allSatisfy { $0.isNaN || $0 == Float(own) }, "\(part)")
        }
        #expect(try bench.number("measure kl from clean on (patch m.heads from clean into clean)") == 0)
    }

    @Test func axesFollowTheSelection() throws {
        let bench = try ExperimentBench()
        let sweep = { (part: String) in
            let value = try bench.tensor("patch each \(part) from clean into corrupt measure ld")
            return "\(value.tensor.axes) \(value.tensor.shape)"
        }
        #expect(try sweep("m.heads[1:3]") == "[\"layer\", \"head\"] [2, 8]")
        #expect(try sweep("m.heads[:, 5]") == "[\"layer\"] [4]")
        #expect(try sweep("m.layers[2].experts") == "[\"expert\"] [16]")
        #expect(try sweep("m.layers.attn-out at each") == "[\"layer\", \"position\"] [4, 14]")
        #expect(try sweep("m.heads[3] at each") == "[\"head\", \"position\"] [8, 14]")
        let one = try bench.tensor("patch m.heads[3, 7] at each from clean into corrupt measure ld")
        #expect(one.tensor.shape == [14])
        #expect(one.labels[0]?[9] == "9 Mary")
        let experts = try bench.tensor("patch each m.experts from clean into corrupt measure ld")
        #expect(experts.tensor.values.contains { $0.isNaN })
        #expect(experts.notes.contains { $0.contains("nothing to change") })
    }

    @Test func anAblationEditsYieldsOrOnlyMeasures() throws {
        let bench = try ExperimentBench()
        let before = try bench.number("m.bytes")
        let model = ValueDigest.of(try bench.value("m"))
        bench.run("ablate m.heads[3, 7] into clean measure ld")
        bench.run("ablate m.heads[3, 7] measure logit-diff over bench.family[\"ioi\"][0:4]")
        #expect(ValueDigest.of(try bench.value("m")) == model)
        let yielded = try bench.number("measure ld on (ablate m.heads[3, 7] into clean)")
        bench.run("ablate m.heads[3, 7]")
        #expect(bench.output.written.last == "ablate L3H7 with zero")
        #expect(
            try bench.number("measure ld on (run m \"When Mary and John went to the store, John gave a drink to\")")
                == yielded)
        #expect(try bench.number("m.bytes") == before)
        #expect(bench.run("undo").isEmpty)
        #expect(
            try bench.number("measure ld on (run m \"When Mary and John went to the store, John gave a drink to\")")
                == bench.number("measure ld on clean"))
    }

    @Test func meansAndDrawsComeFromACorpus() throws {
        let bench = try ExperimentBench()
        bench.run("calib = bench.family[\"ioi\"][0:12]")
        let zero = try bench.number("ablate m.heads[3, 7] into clean measure ld")
        let mean = try bench.number("ablate m.heads[3, 7] with mean over calib into clean measure ld")
        let first = try bench.number("ablate m.heads[3, 7] with resample over calib seed 1 into clean measure ld")
        let again = try bench.number("ablate m.heads[3, 7] with resample over calib seed 1 into clean measure ld")
        let other = try bench.number("ablate m.heads[3, 7] with resample over calib seed 2 into clean measure ld")
        #expect(Set([zero, mean, first, other]).count == 4)
        #expect(first == again)
        let own = try bench.number("ablate m.heads[3, 7] with clean into clean measure ld")
        #expect(own == 0)
        let lent = try bench.number("(ablate m.heads[3, 7] with corrupt into clean measure ld).raw")
        #expect(lent == (try bench.number("(patch m.heads[3, 7] from corrupt into clean measure ld).raw")))
        #expect(bench.failure("ablate m.heads[3, 7] with mean into clean").contains("with mean over CORPUS"))
        #expect(bench.run("ablate m.layers[1].experts[3] with mean over calib\nrun m \"hello\"").isEmpty)
    }
}
