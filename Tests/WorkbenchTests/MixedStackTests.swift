import Foundation
import Language
import Storage
import Tensors
import TestSupport
import Testing
import Workbench

/// A plan that gives experts of one stack different types, saved as GGUF: said before writing, and both ways out.
struct MixedStackTests {
    private let script = """
        m = open "examples/models/teach-gptoss-bf16.gguf"
        quantize m.experts as q4_0
        quantize m.layers[1].experts[3] as q8_0
        quantize m.layers[2].experts[0:2] as q5_0
        """

    private func session() -> ScriptedSession {
        let session = ScriptedSession()
        let failure = session.run(script)
        #expect(failure == nil, "\(failure?.rendered() ?? "")")
        return session
    }

    private func logits(_ name: String, _ session: ScriptedSession) -> [Float]? {
        _ = session.run("logits-asked-for = (run \(name) [5, 300, 17, 42, 1999, 8]).logits")
        return session.object("logits-asked-for", as: TensorValue.self)?.tensor.values
    }

    @Test func itIsSaidAndRefusedBeforeAnythingIsWritten() throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = session()
        let failure = try #require(session.run("save m \"\(path)\""))
        #expect(session.output.notices.contains { $0.contains("6 stacks of experts hold experts of several types") })
        #expect(failure.help?.contains("stacks widest") == true && failure.help?.contains("stacks apart") == true)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        #expect(session.run("save m \"\(folder)/hf\" stacks apart")?.help?.contains("Leave out stacks") == true)
        #expect(session.run("save m \"\(path)\" stacks narrowest")?.help != nil)
    }

    @Test func apartGivesTheSameLogits() throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = session()
        #expect(session.run("save m \"\(path)\" stacks apart") == nil)
        #expect(session.output.notices.contains { $0.contains("llama.cpp does not") })
        #expect(session.run("again = open \"\(path)\"") == nil)
        let before = logits("m", session)
        #expect(before != nil && before == logits("again", session))
        let archive = try Archive.open(path)
        let own = archive.tensors.filter { $0.name.hasPrefix("blk.1.ffn_down") && $0.name.hasSuffix("weight") }
        #expect(own.count == 16 && Set(own.map(\.format.name)) == ["q4_0", "q8_0"])
        #expect(archive["blk.0.ffn_down_exps.weight"]?.shape.first == 16)
        // The stacks that are apart stay so in a copy, and can still become one type.
        #expect(session.run("verify \"\(path)\"") == nil)
        #expect(session.run("save again \"\(path).whole.gguf\" stacks widest") == nil)
        #expect(try Archive.open(path + ".whole.gguf")["blk.1.ffn_down_exps.weight"]?.format.name == "q8_0")
    }

    @Test func widestGivesEachStackTheWidestOfItsTypes() throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = session()
        #expect(session.run("save m \"\(path)\" stacks widest") == nil)
        #expect(session.output.notices.contains { $0.contains("get the widest of their types") })
        let archive = try Archive.open(path)
        for (layer, type) in [(0, "q4_0"), (1, "q8_0"), (2, "q5_0"), (3, "q4_0")] {
            #expect(archive["blk.\(layer).ffn_gate_exps.weight"]?.format.name == type)
        }
        #expect(
            session.run(
                "again = open \"\(path)\"\nd = compare again to m over (corpus \"examples/models/heldout.txt\" context 64)[0:1]"
            ) == nil)
        // What was rounded to q4_0 keeps that rounding: q8_0 holds its sixteen steps almost exactly.
        #expect((session.number("d.kl") ?? 1) < 1e-4)
        // The model in the session keeps its types.
        #expect(session.run("save m \"\(path).second.gguf\"") != nil)
    }
}
