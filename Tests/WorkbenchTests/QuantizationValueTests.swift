import Foundation
import Language
import Plots
import Tensors
import TestSupport
import Testing
import Workbench

/// What goes with quantizing: decoding, scans of sensitivity, recipes' weights, the frontier.
struct QuantizationValueTests {
    private func session(_ script: String) -> ScriptedSession {
        let session = ScriptedSession()
        let failure = session.run("m = open \"examples/models/teach-gptoss-bf16.gguf\"\n" + script)
        #expect(failure == nil, "\(failure?.rendered() ?? "")")
        return session
    }

    private func digest(_ name: String, _ session: ScriptedSession) -> String? {
        session.object(name, as: TensorValue.self).map { ValueDigest.of($0) }
    }

    @Test func mxfp4IsExactInBF16AndInF32() {
        let session = session(
            """
            quantize m.experts as mxfp4
            a = (run m [5, 300, 17, 42, 1999, 8]).logits
            wide = dequantize m.experts as f32
            b = (run wide [5, 300, 17, 42, 1999, 8]).logits
            dequantize m.experts as bf16
            c = (run m [5, 300, 17, 42, 1999, 8]).logits
            """)
        #expect(digest("a", session) != nil)
        #expect(digest("a", session) == digest("b", session) && digest("a", session) == digest("c", session))
        #expect(session.output.lines.last?.contains("exact") == true)
        #expect(session.run("quantize m.layers[0] as q4_k\ndequantize m.layers[0] as bf16") == nil)
        #expect(session.output.lines.last?.contains("rounded to bf16") == true)
        let nothing = session.run("dequantize m.layers[1] as f16")
        #expect(nothing?.code == "dequantize.nothing" && nothing?.help != nil)
    }

    @Test func aScanMeasuresEachPartAndEditsNothing() throws {
        let session = session(
            """
            calib = (corpus "examples/models/heldout.txt" context 64)[0:1]
            scan = quantize each m.layers as q3_k measure kl over calib
            experts = quantize each m.layers[1].experts[0:3] as q4_k measure loss over calib
            one = quantize m.layers[0] as q3_k measure kl over calib
            """)
        let scan = try #require(session.object("scan", as: TensorValue.self)).tensor
        #expect(scan.shape == [4] && scan.axes == ["layer"] && scan.values.allSatisfy { $0 > 0 && $0 < 1 })
        let experts = try #require(session.object("experts", as: TensorValue.self)).tensor
        #expect(experts.shape == [3] && experts.axes == ["expert"])
        #expect(abs((session.number("one") ?? 0) - Double(scan.values[0])) < 1e-6)
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
        #expect(session.run("quantize each m.layers as q3_k")?.help?.contains("measure") == true)
        #expect(session.run("quantize each m.heads as q3_k measure kl over calib") != nil)
        #expect(session.run("quantize m to 4bits over calib measure kl over calib")?.help != nil)
    }

    @Test func recipesAreWeighedAndClaimsAnswered() throws {
        let session = session(
            "r = recipes m within 1.4MB\nw = recipes m\ndry-run quantize m as q4_k_m\nq = quantize m as q4_k_m")
        let table = try #require(session.object("w", as: TableValue.self))
        #expect(table.rows.rows.count == 20)
        let bytes = session.number("w[\"q4_k_m\", \"bytes\"]")
        #expect(bytes == session.number("q.bytes") && bytes != nil)
        let claimed = try #require(session.object("r", as: TableValue.self))
        #expect(claimed.notes.contains { $0.contains("no file of that size holds all of these weights") })
    }

    @Test func theFrontierHasRecipesAndAllocationsAndAPicture() throws {
        let path = try ScriptedSession.temporaryPath("frontier.svg")
        let session = session(
            """
            held = (corpus "examples/models/heldout.txt" context 64)[0:2]
            f = frontier m over held recipes ["q2_k", "q4_k_m", "q8_0"]
            export f "\(path)"
            """)
        let frontier = try #require(session.object("f", as: TableValue.self))
        #expect(frontier.rows.rows.count == 6)
        let svg = try String(contentsOfFile: path, encoding: .utf8)
        #expect(svg.contains("recipes") && svg.contains("allocation"))
        for recipe in ["q2_k", "q4_k_m"] {
            let uniform = try #require(session.number("f[\"\(recipe)\", \"kl\"]"))
            let bits = try #require(session.number("f[\"\(recipe)\", \"bits\"]"))
            let name = NumberText.fixed(bits, decimals: 3) + "bits"
            let allocated = try #require(session.number("f[\"\(name)\", \"kl\"]"))
            #expect(allocated <= uniform * 1.05, "\(recipe): \(uniform) against \(allocated)")
        }
        #expect(session.run("frontier m over held recipes [\"q9\"]")?.help?.contains("q4_k_m") == true)
    }

    @Test func aScriptTakesWhatItIsGiven() throws {
        let session = try CapturedSession()
        try session.session.set("budget", to: "7.5GiB")
        try session.session.set("model", to: "a b.gguf")
        #expect(
            session.shown(
                "print (given budget 2GB) (given model \"x\") (given other 4.25bits)"
            ).first == "7.5 GiB a b.gguf 4.25 bits")
    }
}
