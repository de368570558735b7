import Language
import Foundation
import Tensors
import Testing
import Workbench

@Suite struct SavingFolderTests {
    private func session(_ script: String = "") -> ScriptedSession {
        let session = ScriptedSession()
        #expect(session.run("m = open \"examples/models/teach-qwen3moe-bf16.gguf\"\n" + script) == nil)
        return session
    }

    @Test func aFolderHoldsWhatWasMeasured() throws {
        let path = try ScriptedSession.temporaryPath("folder")
        let session = session(
            """
            prune m drop [1, 5]
            quantize m as w4a16
            f = save m "\(path)/"
            again = open "\(path)"
            a = (run m [5, 300, 17, 42]).logits
            b = (run again [5, 300, 17, 42]).logits
            """)
        let (a, b) = (session.object("a", as: TensorValue.self), session.object("b", as: TensorValue.self))
        #expect(a != nil && a?.tensor.values == b?.tensor.values)
        #expect(session.object("f", as: SavedFileValue.self)?.digest != nil)
        #expect(session.run("save m \"\(path)\"")?.code == "storage.inUse")
        #expect(session.run("save m \"\(path).gguf\"")?.help?.contains("dequantize") == true)
    }

    @Test func convertingThereAndBackGivesTheFileAgain() throws {
        let folder = try ScriptedSession.temporaryPath("folder")
        let session = session(
            """
            convert "examples/models/teach-qwen3moe-bf16.gguf" to "\(folder)"
            convert "\(folder)" to "\(folder).gguf"
            again = open "\(folder).gguf"
            a = (run m [5, 300, 17, 42]).logits
            b = (run again [5, 300, 17, 42]).logits
            """)
        #expect(session.number("m.bytes") == session.number("again.bytes"))
        let (a, b) = (session.object("a", as: TensorValue.self), session.object("b", as: TensorValue.self))
        #expect(a != nil && a?.tensor.values == b?.tensor.values)
        #expect(session.run("convert \"\(folder)\"") != nil)
    }

    @Test func withoutANameOneIsProposedAndNothingWritten() throws {
        let session = session("prune m drop [1, 5]\np = save m\nh = save m as hf\nquantize m as w8a8\nq = save m")
        func path(_ name: String) -> String? { session.object(name, as: SavedFileValue.self)?.path }
        #expect(path("p") == "teach-qwen3moe-14of16-bf16.gguf")
        #expect(path("h") == "teach-qwen3moe-14of16-bf16")
        #expect(path("q")?.hasPrefix("teach-qwen3moe-14of16-w8a8") == true && path("q")?.hasSuffix("gguf") == false)
        #expect(session.object("p", as: SavedFileValue.self)?.byteCount == nil)
        #expect(!FileManager.default.fileExists(atPath: "teach-qwen3moe-14of16-bf16.gguf"))
    }

    @Test func aNameAndAWordThatContradictEachOtherAreRefused() {
        let session = session()
        for command in ["save m \"x.gguf\" as hf", "save m \"x\" as gguf", "save m \"x.safetensors\""] {
            #expect(session.run(command)?.code == "save.name", "\(command)")
        }
    }
}
