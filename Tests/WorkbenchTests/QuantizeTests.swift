import Foundation
import Inference
import Language
import Storage
import TestSupport
import Testing
import Workbench

/// `quantize` as people say it: formats, recipes, budgets.
struct QuantizeTests {
    private func session(_ script: String, model: String = "gptoss") -> ScriptedSession {
        let session = ScriptedSession()
        let failure = session.run("m = open \"examples/models/teach-\(model)-bf16.gguf\"\n" + script)
        #expect(failure == nil, "\(failure?.rendered() ?? "")")
        return session
    }

    private func types(_ session: ScriptedSession, _ name: String) -> String? {
        _ = session.run("type-asked-for = m.tensors[\"\(name)\"].type")
        guard case .text(let type)? = session.value("type-asked-for") else { return nil }
        return type
    }

    @Test(arguments: ["gptoss", "qwen3moe"]) func aRecipeMixesTypesAndTheFileSaysWhich(model: String) throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = session("quantize m as q4_k_m\nsave m \"\(path)\"", model: model)
        let archive = try Archive.open(path)
        #expect(archive.metadata["general.file_type"]?.integer == 15)
        #expect(archive.metadata["general.quantization_version"]?.integer == 2)
        #expect(archive["blk.0.ffn_gate_inp.weight"]?.format.name == "f32")
        #expect(archive["blk.0.attn_norm.weight"]?.format.name == "f32")
        let kinds = Set(archive.tensors.filter { $0.shape.count > 1 }.map(\.format.name))
        #expect(kinds.count > 2, "\(kinds)")
        #expect(session.output.lines.first?.contains("quantized as q4_k_m") == true)
    }

    @Test func aPartOfAModelGetsTheFormatItself() {
        let session = session("quantize m.layers[0:2].experts as q8_0\nquantize m.layers[2] as q4_0")
        #expect(types(session, "blk.1.ffn_up_exps.weight") == "q8_0")
        #expect(types(session, "blk.2.attn_q.weight") == "q4_0")
        #expect(types(session, "blk.3.ffn_up_exps.weight") == "bf16")
        #expect(session.run("quantize m as q4_0 pure") == nil)
        #expect(types(session, "token_embd.weight") == "q4_0" && types(session, "blk.0.attn_q.weight") == "q4_0")
    }

    @Test func whatDoesNotFitTogetherIsRefusedWithARemedy() {
        let session = session("calib = (corpus \"examples/models/heldout.txt\" context 32)[0:1]")
        for (line, part) in [
            ("quantize m", "one of as, to and by"), ("quantize m as q8_0 to 4bits over calib", "one of as, to and by"),
            ("quantize m.layers[0] to 4bits over calib", "whole model"), ("quantize m to 4bits", "over"),
            ("quantize m to 4 over calib", "bits a weight or a size"), ("quantize m as q4_k_m pure", "mixture"),
            ("quantize m.layers[0].router.weight as q4_k_m", "mixes formats"),
            ("quantize m to 1bits over calib", "still takes"), ("quantize m to 1KiB over calib", "metadata"),
            ("quantize m as q4_0 using \"a.dat\"", "before it is used"), ("quantize m as q4_0 by gptq", "corpus"),
            ("quantize m as q2_k_s", "importance"), ("quantize m as q8_0 over calib", "needs no corpus"),
        ] {
            let failure = session.run(line)
            #expect(failure?.message.contains(part) == true, "\(line): \(failure?.rendered() ?? "nothing")")
            #expect(failure?.help != nil, "\(line)")
        }
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
    }

    @Test(arguments: ["quantize m to 1bits over calib", "quantize m to 1200KiB over calib"])
    func aBudgetThatNoFormatKeepsIsRefusedBeforeAnythingIsRun(script: String) {
        let session = session("calib = (corpus \"examples/models/heldout.txt\" context 32)[0:1]")
        var tasks: Set<String> = []
        session.output.onProgress = { tasks.insert($0.task) }
        let failure = session.run(script)
        #expect(failure?.message.contains("with every matrix in its smallest format the model still takes") == true)
        #expect(failure?.help?.contains("bytes, or remove experts first") == true)
        let caret = (failure?.rendered() ?? "").split(separator: "\n").first { $0.hasSuffix("~") }
        #expect(caret?.hasPrefix("    │               ~") == true, "\(failure?.rendered() ?? "")")
        // Rounding errors are sampled; nothing is run or measured.
        #expect(tasks == ["sample"])
    }

    @Test(arguments: ["quantize m to 4.25 over calib", "quantize m to 4.25", "b = 4.25\nquantize m to b over calib"])
    func aBudgetWithoutAUnitIsRefusedBeforeAnythingIsRun(script: String) {
        let session = session("calib = (corpus \"examples/models/heldout.txt\" context 32)[0:1]")
        var reports = 0
        session.output.onProgress = { _ in reports += 1 }
        let failure = session.run(script)
        #expect(failure?.message == "a budget is bits a weight or a size, and 4.25 is neither")
        #expect(failure?.help == "Write to 4.25bits for bits a weight, or to 4.25GiB for a size.")
        let rendered = failure?.rendered() ?? ""
        let caret = rendered.contains(" to b over") ? "~" : "~~~~"
        #expect(rendered.split(separator: "\n").contains { $0.hasSuffix("│               " + caret) }, "\(rendered)")
        #expect(reports == 0)
    }

    @Test func explainForetellsWhatASweepOfFormatsComputes() {
        let session = session("calib = (corpus \"examples/models/heldout.txt\" context 32)[0:2]")
        #expect(session.run("explain quantize each m.layers as q3_k measure kl over calib") == nil)
        // Copy l runs from layer l on: 4 + 3 + 2 + 1 of 4 × 4 layers, at 64 positions each.
        #expect(
            session.output.lines.last?.contains(
                "4 copies of the model over 64 tokens; computes 640 of 1,024 cells") == true)
        #expect(session.run("quantize each m.layers as q3_k measure kl over calib") == nil)
        #expect(session.output.lines.last?.contains("recomputed 62% of cells") == true)
    }

    @Test func whatStaysIsCountedOverTheWholeModel() throws {
        let session = session(
            """
            calib = (corpus "examples/models/heldout.txt" context 32)[0:1]
            quantize m.layers[0].experts as q8_0
            quantize m by frequency over calib
            """)
        let tensors = try #require(session.object("m", as: ModelValue.self)).model.tensors.count
        #expect(session.output.lines[0].contains("· \(tensors - 48) of its tensors stay as they are"))
        #expect(session.output.lines[1].contains("of its tensors stay as they are"))
        #expect(!session.output.lines[1].contains("· 0 of"))
    }

    @Test func aDryRunNamesEachTensorAndItsError() throws {
        let session = session("d = dry-run quantize m as q4_k_m")
        let table = try #require(session.object("d", as: TableValue.self)?.rows)
        #expect(table.columns == ["tensor", "from", "to", "before", "after", "error"])
        #expect(table.rows.count == 30)
        for row in table.rows {
            guard case .number(let error, _) = row[5] else {
                Issue.record("no error")
                continue
            }
            #expect(error > 0.001 && error < 0.2)
        }
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
    }

    @Test func aBudgetIsKeptInTheFileAndBeatsAnEqualRecipe() throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = session(
            """
            base = m
            calib = (corpus "examples/models/heldout.txt" context 64)[0:3]
            held = (corpus "examples/models/heldout.txt" context 64)[8:12]
            quantize m to 24MiB over calib
            save m "\(path)"
            """)
        let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
        #expect(size <= 24 << 20 && size > 23 << 20)
        #expect(types(session, "blk.0.ffn_gate_inp.weight") == "f32")
        #expect(
            session.run("r = quantize base as q4_k_m\nquantize base to 4.6bits over calib") == nil)
        let bits = (session.number("base.bytes") ?? 0) * 8 / (session.number("base.weights") ?? 1)
        #expect(bits <= 4.6 && bits > 4.5)
    }

    @Test func theRuleByFrequencyGivesExpertsThreeTypes() throws {
        let session = session(
            """
            calib = (corpus "examples/models/heldout.txt" context 64)[0:3]
            quantize m by frequency over calib
            """)
        let kinds = try #require(types(session, "blk.1.ffn_up_exps.weight"))
        #expect(kinds.split(separator: ",").count == 3, "\(kinds)")
        #expect(session.output.lines.first?.contains("stacks") == true)
    }
}

/// The script that makes a large model fit, on the bundled one with a budget to its scale.
struct FitExampleTests {
    @Test(arguments: [nil, "6.5MiB"]) func itFitsTheBudget(budget: String?) throws {
        let session = try CapturedSession(threads: 2)
        if let budget { try session.session.set("budget", to: budget) }
        let script = try String(
            contentsOf: RepositoryRoot.url.appending(path: "examples/fit-in-8gb.lancet"), encoding: .utf8)
        #expect(session.run(script) == "")
        let size = try Data(contentsOf: URL(fileURLWithPath: session.path("fit-in-8gb.gguf"))).count
        let most = budget == nil ? 5632 << 10 : 6656 << 10
        #expect(size <= most && size > most * 8 / 10)
        #expect(session.output.lines.contains { $0.contains("no file of that size holds all of these weights") })
    }
}
