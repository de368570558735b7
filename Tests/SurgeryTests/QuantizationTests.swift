import Formats
import Inference
import Kernels
import Scoring
import Storage
import Surgery
import Tensors
import Testing

struct QuantizationTests {
    @Test(
        arguments: ["gptoss-yarn", "gptoss-mxfp4", "gptoss-q8_0", "qwen3moe-plain"],
        ["q8_0", "q4_0", "mxfp4", "bf16", "f32"])
    func bytesAreThoseOfTheFormat(name: String, format: String) throws {
        let tiny = try TinyModel(name)
        let format = try #require(BlockFormats.named(format))
        let weight = WeightFormat.block(format)
        let compute = tiny.engine.compute
        let roles = tiny.model.tensors.keys.filter {
            $0.expert != nil && $0.part == .up
                && tiny.model.tensors[$0].map { $0.columns % format.blockLength == 0 } ?? false
        }
        let plan = try QuantizationPlan(of: tiny.model, roles, as: weight)
        let edit = try Quantization(plan).applied(to: tiny.model, compute: compute)
        #expect(plan.entries.count + plan.untouched.count == roles.count)
        #expect(edit.model.byteCount == tiny.model.byteCount - plan.bytesBefore + plan.bytesAfter)
        for entry in plan.entries {
            let (old, new) = (
                try #require(tiny.model.tensors[entry.role]), try #require(edit.model.tensors[entry.role])
            )
            #expect(new.format == format && entry.to == weight && new.byteCount == entry.bytesAfter)
            var values = [Float](repeating: 0, count: old.columns)
            for row in [0, old.rows - 1] {
                compute.decodeRow(old, row: row, into: &values)
                var bytes = [UInt8](repeating: 0, count: new.rowStride)
                values.withUnsafeBufferPointer { values in
                    bytes.withUnsafeMutableBytes {
                        compute.encode(values, columns: old.columns, as: format, importance: nil, into: $0)
                    }
                }
                let start = new.offset + row * new.rowStride
                let held = new.source.withBytes(start..<start + new.rowStride) { Array($0) }
                #expect(held == bytes)
            }
        }
        let run = try tiny.engine.run(edit.model, tokens: tiny.tokens(12, seed: 6))
        let isFinite = run.logits.values.allSatisfy { $0.isFinite }
        #expect(isFinite)
    }

    @Test func smallAndSensitivePartsStayUnlessNamed() throws {
        let tiny = try TinyModel("gptoss-yarn")
        let roles = Array(tiny.model.tensors.keys)
        let fits = roles.filter { tiny.model.tensors[$0].map { $0.columns % 32 == 0 } ?? false }
        let plan = try QuantizationPlan(of: tiny.model, fits, as: .block(.q8_0))
        #expect(plan.entries.allSatisfy { QuantizationPlan.largeParts.contains($0.role.part) })
        #expect(plan.untouched.contains { $0.part == .router } && !plan.entries.isEmpty)
        #expect(plan.entries.map(\.role) == plan.entries.map(\.role).sorted())
        let router = Role(.router, layer: 0)
        #expect(try QuantizationPlan(of: tiny.model, [router], as: .block(.f16), isExplicit: true).entries.count == 1)
        let again = try QuantizationPlan(of: tiny.model, [router], as: .block(.f32), isExplicit: true)
        let isF32 = tiny.model.tensors[router]?.format == .f32
        #expect(again.entries.isEmpty == isF32)
    }

    @Test func rowsThatAreNoWholeBlocksAreRefusedByName() throws {
        let tiny = try TinyModel("gptoss-yarn")
        let odd = Role(.sinks, layer: 0)
        try #require(tiny.model.tensors[odd].map { $0.columns % 32 != 0 } ?? false)
        let error = #expect(throws: SurgeryError.self) {
            try QuantizationPlan(of: tiny.model, [odd], as: .block(.q4_0), isExplicit: true)
        }
        #expect(error?.subject == "sinks of layer 0")
        #expect(error?.remedy?.contains("f16") ?? false)
        #expect(throws: SurgeryError.self) {
            try QuantizationPlan(of: tiny.model, [Role(.gate, layer: 99)], as: .block(.q4_0))
        }
    }

    @Test func anEditSaysWhatItDoes() throws {
        let tiny = try TinyModel("qwen3moe-plain")
        let roles = tiny.model.tensors.keys.filter { $0.expert != nil }
        let plan = try QuantizationPlan(of: tiny.model, Array(roles), as: .block(.f16))
        try #require(!plan.entries.isEmpty)
        let edit = try Quantization(plan).applied(to: tiny.model, compute: tiny.engine.compute)
        #expect(edit.model.blueprint == tiny.blueprint && edit.summary.contains("f16"))
    }
}
