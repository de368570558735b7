import Architectures
import Foundation
import Inference
import Kernels
import Scoring
import Storage
import Surgery
import Tensors
import TestSupport
import Testing

/// Experts of one stack in different formats: refused with both ways out, written apart, or widened.
struct MixedStackTests {
    private static func mixed(_ name: String) throws -> (checkpoint: Checkpoint, model: Model, engine: Engine) {
        let checkpoint = try Checkpoint.open(Fixtures.path("oracles/\(name)/model.gguf"))
        let engine = Engine(compute: Compute(threads: 2))
        let usage = checkpoint.model.blueprint.layers.map { layer in (0..<layer.expertCount).map { Double($0) } }
        let plan = try QuantizationPlan(
            of: checkpoint.model, FrequencyRule().formats(of: checkpoint.model, usage: usage), title: "by use")
        let copy = try Quantization(plan).applied(to: checkpoint.model, compute: engine.compute).model
        return (checkpoint, copy, engine)
    }

    private static func path() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lancet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: "out.gguf").path
    }

    @Test(arguments: ["gptoss-yarn", "qwen3moe-plain"]) func experts(name: String) throws {
        let (checkpoint, model, engine) = try Self.mixed(name)
        try #require(!MixedStack.all(in: model).isEmpty)
        let refusal = #expect(throws: BindingError.self) { try CheckpointWriter(model, from: checkpoint) }
        #expect(refusal?.remedy?.contains("widest") ?? false)
        #expect(refusal?.remedy?.contains("apart") ?? false)

        let path = try Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try CheckpointWriter(model, from: checkpoint, keepsMixedApart: true).write(to: path)
        let archive = try Archive.open(path)
        #expect(archive["blk.0.ffn_down.1.weight"] != nil && archive["blk.0.ffn_down_exps.weight"] == nil)
        let again = try Checkpoint.open(path)
        let tokens = [1, 5, 9, 2, 7, 3]
        let (ours, theirs) = (
            try engine.run(model, tokens: tokens).logits, try engine.run(again.model, tokens: tokens).logits
        )
        #expect(ours.values.map(\.bitPattern) == theirs.values.map(\.bitPattern))
        for (role, matrix) in model.tensors { #expect(again.model.tensors[role]?.format == matrix.format) }

        // What was read apart goes back into stacks once they agree.
        let widened = try Quantization(QuantizationPlan(wideningStacksOf: again.model)).applied(
            to: again.model, compute: engine.compute
        ).model
        let whole = try Self.path()
        defer { try? FileManager.default.removeItem(atPath: whole) }
        try CheckpointWriter(widened, from: again).write(to: whole)
        let stacked = try Archive.open(whole)
        #expect(stacked["blk.0.ffn_down_exps.weight"]?.format.name == "q8_0")
        #expect(stacked["blk.0.ffn_down.1.weight"] == nil)
        #expect(try Checkpoint.open(whole).model.byteCount == widened.byteCount)
    }
}
