import Architectures
import Inference
import Storage
import TestSupport
import Testing

@Suite("Names of tensors")
struct NamingTests {
    @Test("an archive's names are the family's names, in every container", arguments: Fixtures.oracleNames)
    func namesAreTheArchives(name: String) throws {
        for path in try Oracle(name).paths {
            let checkpoint = try Checkpoint.open(path)
            let names = checkpoint.family.tensorNames(checkpoint.naming, of: checkpoint.model)
            let written = Set(checkpoint.archive.tensors.map(\.name).filter { !$0.hasSuffix("_scales") })
            #expect(Set(names) == written)
            #expect(names.count == written.count)
        }
    }

    @Test("every tensor is found by name with the archive's shape and bytes", arguments: Fixtures.oracleNames)
    func tensorsAreFound(name: String) throws {
        for path in try Oracle(name).paths {
            let checkpoint = try Checkpoint.open(path)
            for entry in checkpoint.archive.tensors {
                let found = try #require(checkpoint.family.tensor(named: entry.name, in: checkpoint.model))
                #expect(found.naming == checkpoint.naming)
                #expect(found.shape == entry.shape)
                if case .block(let format) = entry.format {
                    #expect(found.formats == [format])
                    #expect(found.byteCount == entry.byteCount)
                }
            }
        }
    }

    @Test("a role is shown under its name in both spellings, whatever the origin")
    func places() throws {
        for path in try Oracle("gptoss-mxfp4").paths {
            let checkpoint = try Checkpoint.open(path)
            func place(_ role: Role, _ naming: Naming) -> String? {
                checkpoint.family.place(of: role, in: naming, model: checkpoint.model)?.description
            }
            let up = Role(.up, layer: 1, expert: 3)
            #expect(place(up, .gguf) == "blk.1.ffn_up_exps.weight[3]")
            #expect(place(up, .huggingFace) == "model.layers.1.mlp.experts.gate_up_proj_blocks[3, 1::2]")
            #expect(place(Role(.sinks, layer: 0), .gguf) == "blk.0.attn_sinks.weight")
            #expect(place(Role(.sinks, layer: 0), .huggingFace) == "model.layers.0.self_attn.sinks")
            #expect(
                place(Role(.gateBias, layer: 0, expert: 2), .huggingFace)
                    == "model.layers.0.mlp.experts.gate_up_proj_bias[2, 0::2]")
        }
        let plain = try Checkpoint.open(try Oracle("gptoss-plain").gguf)
        let gate = Role(.gate, layer: 0, expert: 4)
        #expect(
            plain.family.place(of: gate, in: .huggingFace, model: plain.model)?.description
                == "model.layers.0.mlp.experts.gate_up_proj[4, :, 0::2]")
        let dense = try Checkpoint.open(try Oracle("qwen3moe-dense-layers").folder)
        #expect(
            dense.family.place(of: Role(.gate, layer: 1), in: .huggingFace, model: dense.model)?.description
                == "model.layers.1.mlp.gate_proj.weight")
        #expect(dense.family.place(of: Role(.gate, layer: 1), in: .gguf, model: dense.model) == nil)
        #expect(
            dense.family.place(of: Role(.down, layer: 0, expert: 2), in: .huggingFace, model: dense.model)?.description
                == "model.layers.0.mlp.experts.2.down_proj.weight")
    }

    @Test("names of the other container find stacks, and nonsense finds nothing")
    func lookups() throws {
        let checkpoint = try Checkpoint.open(try Oracle("qwen3moe-plain").folder)
        let stack = try #require(checkpoint.family.tensor(named: "blk.1.ffn_down_exps.weight", in: checkpoint.model))
        #expect(stack.shape == [5, 32, 32])
        #expect(stack.roles == (0..<5).map { Role(.down, layer: 1, expert: $0) })
        for name in [
            "blk.2.attn_norm.weight", "blk.-1.attn_norm.weight", "blk.01.attn_norm.weight", "", "blk.", "lm_head",
        ] {
            #expect(checkpoint.family.tensor(named: name, in: checkpoint.model) == nil)
        }
        #expect(
            checkpoint.family.tensor(
                named: "model.layers.0.mlp.experts.99999999999999999999.up_proj.weight", in: checkpoint.model) == nil)
    }
}
