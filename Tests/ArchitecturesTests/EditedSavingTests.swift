import Architectures
import Formats
import Inference
import Kernels
import Storage
import Tensors
import TestSupport
import Testing

@Suite("Saving edited models")
struct EditedSavingTests {
    /// The model with only the given experts of each layer, renumbered.
    private func pruned(_ model: Model, keeping kept: [Int], in layers: [Int]? = nil) -> Model {
        var edited = model
        for layer in layers ?? model.blueprint.expertLayers {
            guard case .experts(let count, let active, let width) = model.blueprint.layers[layer].feedForward else {
                continue
            }
            for role in model.tensors.keys where role.layer == layer && role.expert != nil {
                edited.tensors[role] = nil
            }
            for (index, expert) in kept.enumerated() where expert < count {
                for role in model.tensors.keys where role.layer == layer && role.expert == expert {
                    edited.tensors[Role(role.part, layer: layer, expert: index)] = model.tensors[role]
                }
            }
            for part in [Role.Part.router, .routerBias] {
                guard let matrix = model.tensors[Role(part, layer: layer)] else { continue }
                edited.tensors[Role(part, layer: layer)] = rows(matrix, kept, isVector: part == .routerBias)
            }
            edited.blueprint.layers[layer].feedForward = .experts(
                count: kept.count, active: min(active, kept.count), width: width)
        }
        return edited
    }

    private func rows(_ matrix: Matrix, _ kept: [Int], isVector: Bool) -> Matrix {
        let values = bits(matrix).map { Float(bitPattern: $0) }
        let picked =
            isVector
            ? kept.map { values[$0] } : kept.flatMap { values[($0 * matrix.columns)..<(($0 + 1) * matrix.columns)] }
        let columns = isVector ? kept.count : matrix.columns
        return Matrix(
            rows: isVector ? 1 : kept.count, columns: columns, format: .f32, source: MemorySource(picked), offset: 0,
            rowStride: columns * 4)
    }

    @Test("a pruned model reopens with the kept experts, and only true keys change", arguments: Oracle.routedInGGUF)
    func prunedReopens(name: String) throws {
        let oracle = try Oracle(name)
        let count = try #require(oracle.number("experts"))
        let kept = (0..<count).filter { $0 != 1 }
        for path in oracle.paths {
            let folder = try TemporaryFolder()
            let checkpoint = try Checkpoint.open(path)
            let model = pruned(checkpoint.model, keeping: kept)
            try checkpoint.save(model, to: folder.path + "/out.gguf")
            let reopened = try Checkpoint.open(folder.path + "/out.gguf")
            #expect(reopened.model.blueprint == model.blueprint)
            #expect(differingRoles(reopened.model, model) == [])
            guard checkpoint.naming == .gguf else { continue }
            let changed = reopened.archive.metadata.filter { checkpoint.archive.metadata[$0.key] != $0.value }.map(
                \.key)
            let used = oracle.number("top_k") == count
            let prefix = checkpoint.family.ggufArchitecture
            #expect(changed == [prefix + ".expert_count"] + (used ? [prefix + ".expert_used_count"] : []))
            #expect(reopened.archive.metadata.keys == checkpoint.archive.metadata.keys)
            #expect(reopened.archive.tensors.map(\.name) == checkpoint.archive.tensors.map(\.name))
        }
    }

    @Test("re-encoded experts change the file type and nothing else")
    func requantized() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint.open(try Oracle("gptoss-plain").gguf)
        var model = checkpoint.model
        for (role, matrix) in checkpoint.model.tensors where [.gate, .up, .down].contains(role.part) {
            let values = bits(matrix).map { Float(bitPattern: $0) }
            var bytes = [UInt8](repeating: 0, count: values.count / 32 * 34)
            bytes.withUnsafeMutableBytes { target in
                values.withUnsafeBufferPointer {
                    Compute(threads: 1).encode(
                        $0, columns: matrix.columns, as: .q8_0, importance: nil, into: target)
                }
            }
            model.tensors[role] = Matrix(
                rows: matrix.rows, columns: matrix.columns, format: .q8_0, source: MemorySource(bytes), offset: 0,
                rowStride: matrix.columns / 32 * 34)
        }
        try checkpoint.save(model, to: folder.path + "/out.gguf")
        let reopened = try Checkpoint.open(folder.path + "/out.gguf")
        #expect(differingRoles(reopened.model, model) == [])
        #expect(reopened.archive.metadata["general.file_type"] == .uint32(7))
        #expect(reopened.archive.metadata["general.quantization_version"] == .uint32(2))
        let formats = ModelSize(reopened.model).formats.map(\.name)
        #expect(Set(formats) == ["bf16", "f32", "q8_0"])
    }

    private func refusal(_ change: (inout Model) -> Void) throws -> BindingError? {
        let checkpoint = try Checkpoint.open(try Oracle("gptoss-plain").gguf)
        var model = checkpoint.model
        change(&model)
        return #expect(throws: BindingError.self) { _ = try CheckpointWriter(model, from: checkpoint) }
    }

    @Test("layers with unlike numbers of experts are refused with the remedy")
    func unlikeCounts() throws {
        let error = try refusal { $0 = pruned($0, keeping: [0, 1, 2], in: [1]) }
        #expect(error?.message == "layer 0 has 5 experts and layer 1 3, but files hold one number")
        #expect(error?.remedy == "keep the same number in every layer: select scores top 3 per layer")
    }

    @Test("a restriction is refused with prune as remedy")
    func restriction() throws {
        let error = try refusal { $0.keptExperts[1] = [0, 2] }
        #expect(error?.subject == "layer 1")
        #expect(error?.remedy?.contains("prune") == true)
    }

    @Test("a stack of several formats is refused with the ways out")
    func mixedStack() throws {
        let error = try refusal { model in
            let role = Role(.gate, layer: 1, expert: 3)
            guard let matrix = model.tensors[role] else { return }
            let values = bits(matrix).map { Float(bitPattern: $0) }
            model.tensors[role] = Matrix(
                rows: matrix.rows, columns: matrix.columns, format: .f32, source: MemorySource(values), offset: 0,
                rowStride: matrix.columns * 4)
        }
        #expect(error?.subject == "blk.1.ffn_gate_exps.weight")
        #expect(error?.message.hasSuffix("expert 0 is bf16 and expert 3 f32") == true)
        #expect(error?.remedy?.contains("stacks widest") == true && error?.remedy?.contains("stacks apart") == true)
        #expect(error?.remedy?.hasSuffix("give them one: quantize m.layers[1].experts as f32") == true)
    }

    @Test("a model of another checkpoint is refused")
    func foreignModel() throws {
        let other = try Checkpoint.open(try Oracle("gptoss-top1").gguf).model
        let error = try refusal { $0 = other }
        #expect(error?.code == "binding.foreign-model")
    }
}
