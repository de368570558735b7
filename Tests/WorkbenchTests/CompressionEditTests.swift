import Foundation
import Inference
import Language
import Scoring
import Tensors
import TestSupport
import Testing
import Workbench

@Suite struct CompressionEditTests {
    private func session(_ script: String = "", model: String = "gptoss") -> ScriptedSession {
        let session = ScriptedSession()
        #expect(session.run("m = open \"examples/models/teach-\(model)-bf16.gguf\"\nbase = m\n" + script) == nil)
        return session
    }

    private func digest(_ name: String, _ session: ScriptedSession) -> String? {
        session.value(name).map { ValueDigest.of($0) }
    }

    @Test func anEditAsAnExpressionLeavesTheVariable() {
        let session = session(
            """
            a = restrict-experts m drop [1]
            b = prune m drop [1]
            c = quantize m.experts[0] as q8_0
            """)
        #expect(
            session.object("m", as: ModelValue.self)?.version == session.object("base", as: ModelValue.self)?.version)
        #expect(session.object("c", as: ModelValue.self)?.edits.map(\.command) == ["quantize m.experts[0] as q8_0"])
    }

    @Test func aDryRunTouchesNothing() throws {
        let path = try ScriptedSession.temporaryPath("dry.gguf")
        let session = session()
        let before = digest("m", session)
        #expect(
            session.run(
                """
                dry-run quantize m as q4_0
                dry-run prune m drop [0]
                dry-run restrict-experts m drop [0]
                dry-run save m "\(path)"
                """) == nil)
        #expect(digest("m", session) == before)
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(session.output.lines.first?.contains("would quantize as q4_0") == true)
    }

    @Test(arguments: ["gptoss", "qwen3moe"]) func aRestrictionAndItsPruningHaveTheSameBits(model: String) {
        let session = session(
            """
            p = plan m drop [[0, 3], [1, 5], [15, 2], [4, 9]]
            masked = restrict-experts m keep p
            cut = prune m keep p
            again = prune masked
            a = (run masked "When Mary and John went to the store, John gave a drink to").logits
            b = (run cut "When Mary and John went to the store, John gave a drink to").logits
            c = (run again "When Mary and John went to the store, John gave a drink to").logits
            """, model: model)
        #expect(digest("a", session) != nil)
        #expect(digest("a", session) == digest("b", session))
        #expect(digest("a", session) == digest("c", session))
    }

    @Test(arguments: ["gptoss", "qwen3moe"]) func aSavedModelRunsToTheSameBits(model: String) throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = session(
            """
            prune m drop [0, 9]
            quantize m as q8_0
            quantize m.experts as mxfp4
            quantize m.layers[1] as q4_0
            quantize m.layers[1].router.weight as f16
            quantize m.layers[1].experts as mxfp4
            f = save m "\(path)"
            again = open "\(path)"
            a = (run m [5, 300, 17, 42, 1999, 8]).logits
            b = (run again [5, 300, 17, 42, 1999, 8]).logits
            """, model: model)
        #expect(digest("a", session) != nil)
        #expect(digest("a", session) == digest("b", session))
        #expect(session.number("m.bytes") == session.number("again.bytes"))
        let file = try #require(session.object("f", as: SavedFileValue.self))
        #expect(session.run("verify \"\(path)\"") == nil)
        #expect(session.output.lines.last?.hasSuffix("sha256 \(try #require(file.digest))") == true)
    }

    @Test func savingWhatWasOpenedGivesTheFileBack() throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        _ = session("save m \"\(path)\"")
        let original = try Data(contentsOf: URL(fileURLWithPath: Fixtures.teachingModelPath("teach-gptoss-bf16.gguf")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == original)
    }

    @Test func routersAreComparedByTheirExpertsOriginalNumbers() {
        let session = session(
            """
            held = (corpus "examples/models/heldout.txt")[0:2]
            prune m drop [2, 3]
            prune m drop [[0], [5], [13], [7]]
            masked = restrict-experts base drop [[0, 2, 3], [2, 3, 7], [2, 3, 15], [2, 3, 9]]
            a = (compare m to base over held).router-agreement
            b = (compare masked to base over held).router-agreement
            c = (compare base to base over held)
            d = c.router-agreement
            back = (compare base to m over held).ratio
            there = (compare m to base over held).ratio
            """)
        #expect(
            session.object("m", as: ModelValue.self)?.originalExperts[1] == [
                0, 1, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15,
            ])
        #expect(digest("a", session) != nil)
        #expect(digest("a", session) == digest("b", session))
        #expect(session.value("d")?.description == "[100%, 100%, 100%, 100%]")
        #expect(session.number("c.kl") == 0)
        #expect(session.number("c.top-agreement") == 1)
        let product = (session.number("back") ?? 0) * (session.number("there") ?? 0)
        #expect(abs(product - 1) < 1e-12)
    }

    @Test func whatWeightsCannotSayIsNotSaved() throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = session("masked = restrict-experts m drop [0]\nuneven = prune m drop [[0], [], [], []]")
        let restriction = session.run("save masked \"\(path)\"")
        #expect(restriction?.code == "bake.restriction" && restriction?.help?.contains("prune") == true)
        #expect(session.run("save uneven \"\(path)\"")?.code == "binding.not-carried")
        #expect(session.run("save m \"\(path).bin\"")?.code == "save.name")
        #expect(session.run("save m \"examples/models/teach-gptoss-bf16.gguf\"")?.code == "storage.inUse")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aPerplexityIsANumber() {
        let session = session(
            """
            held = (corpus "examples/models/heldout.txt")[0:1]
            p = perplexity m over held
            cut = restrict-experts m keep [0, 1, 2]
            assert (perplexity m over held) < 1.05 * (perplexity base over held) "pruned too far"
            """)
        #expect(session.run("assert (perplexity cut over held) < 1.05 * p \"pruned too far\"")?.kind == .assertion)
        #expect(session.number("p + 0") == session.number("p.value"))
        #expect(session.number("(max p 1) - p") == 0)
        #expect(
            session.run("x = perplexity m over (corpus \"examples/models/errbench.jsonl\")")?.code == "corpus.items")
    }

    @Test func anInterruptedSaveLeavesTheOldFileAndTheModel() async {
        await #expect(processExitsWith: .success) {
            let path = try ScriptedSession.temporaryPath("out.gguf")
            try Data("old".utf8).write(to: URL(fileURLWithPath: path))
            let session = ScriptedSession()
            session.output.onProgress = { state in
                if state.task == "save", state.done == 20 { Interruption.request() }
            }
            let error = session.run("m = open \"examples/models/teach-gptoss-bf16.gguf\"\nsave m \"\(path)\"")
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            let isOld = try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8)
            exit(error?.kind == .interruption && isOld && files == ["out.gguf"] ? 0 : 1)
        }
    }

    @Test func anInterruptedAllocationLeavesTheModel() async {
        await #expect(processExitsWith: .success) {
            let session = ScriptedSession()
            _ = session.run("m = open \"examples/models/teach-gptoss-bf16.gguf\"")
            let before = session.value("m").map { ValueDigest.of($0) }
            session.output.onProgress = { state in
                if state.task == "measure", state.done == 3 { Interruption.request() }
            }
            let corpus = "(corpus \"examples/models/heldout.txt\" context 32)[0:1]"
            let error = session.run("quantize m to 4bits over \(corpus)")
            exit(error?.kind == .interruption && session.value("m").map { ValueDigest.of($0) } == before ? 0 : 1)
        }
    }
}
