import Documents
import Foundation
import Language
import Storage
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

    @Test func mxfp4ExpertsOfAnotherFamilyAreWrittenOneByOne() throws {
        let path = try ScriptedSession.temporaryPath("folder")
        let session = session(
            """
            quantize m.experts as mxfp4
            save m "\(path)"
            again = open "\(path)"
            a = (run m [5, 300, 17, 42]).logits
            b = (run again [5, 300, 17, 42]).logits
            save again "\(path).gguf"
            back = open "\(path).gguf"
            c = (run back [5, 300, 17, 42]).logits
            """)
        let logits = ["a", "b", "c"].map { session.object($0, as: TensorValue.self)?.tensor.values }
        #expect(logits[0] != nil && logits[0] == logits[1] && logits[0] == logits[2])
        let archive = try Archive.open(path)
        let codes = try #require(archive["model.layers.0.mlp.experts.3.down_proj.weight_packed"])
        let scales = try #require(archive["model.layers.0.mlp.experts.3.down_proj.weight_scale"])
        #expect(codes.shape[1] == 16 * scales.shape[1] && codes.shape[0] == scales.shape[0])
        let rule = archive.configuration?["quantization_config"]
        #expect(rule?["format"]?.asString == "mxfp4-pack-quantized")
        #expect(rule?["config_groups"]?["group_0"]?["weights"]?["group_size"]?.asInteger == 32)
    }

    @Test func packedExpertsOfGPTOSSAreRefusedWithWhatCanBeDone() throws {
        let path = try ScriptedSession.temporaryPath("folder")
        let session = ScriptedSession()
        let failure = session.run(
            "m = open \"examples/models/teach-gptoss-bf16.gguf\"\nquantize m.experts as w4a16\nsave m \"\(path)\"")
        #expect(failure?.help?.contains("quantize m.experts as mxfp4") == true, "\(failure?.rendered() ?? "")")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aFolderTellsItsRecipeAndIsVerified() throws {
        let path = try ScriptedSession.temporaryPath("folder")
        let session = session("prune m drop [1, 5]\nquantize m.layers as fp8-channel\nsave m \"\(path)\"")
        #expect(session.run("recipe \"\(path)\"") == nil)
        let recipe = try #require(session.output.lines.last)
        #expect(
            recipe.contains("\nprune m drop [1, 5]\n") && recipe.contains("# parent \"examples/models/teach-qwen3moe"))
        let checking = ScriptedSession()
        #expect(checking.run("verify \"\(path)\"") == nil)
        #expect(checking.output.lines.last?.contains("tensors as recorded · sha256") == true)
        // The recipe makes the same folder again.
        try FileManager.default.removeItem(atPath: path)
        let again = ScriptedSession()
        #expect(again.run(recipe) == nil && again.run("verify \"\(path)\"") == nil)
        #expect(again.output.lines.last == checking.output.lines.last)
    }

    @Test func aChangedTensorOfAFolderIsNamed() throws {
        let path = try ScriptedSession.temporaryPath("folder")
        _ = session("quantize m.layers as w4a16\nsave m \"\(path)\"")
        let archive = try Archive.open(path)
        let name = "model.layers.1.mlp.experts.3.up_proj.weight_packed"
        let tensor = try #require(archive[name])
        let file = try #require(
            FileManager.default.contentsOfDirectory(atPath: path).first { $0.hasSuffix(".safetensors") })
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path + "/" + file))
        bytes[tensor.offset + 5] ^= 0x10
        // A folder beside it: the first one is mapped.
        try FileManager.default.copyItem(atPath: path, toPath: path + "-damaged")
        try bytes.write(to: URL(fileURLWithPath: path + "-damaged/" + file))
        let session = ScriptedSession()
        let failure = try #require(session.run("verify \"\(path)-damaged\""))
        #expect(failure.kind == .assertion && failure.message.contains("\(name) is not what was saved"))
        #expect(session.run("recipe \"Tests/Fixtures/oracles/qwen3moe-plain\"")?.code == "recipe.none")
    }
}
