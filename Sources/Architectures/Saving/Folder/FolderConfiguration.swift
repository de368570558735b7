import Documents
import Formats
import Inference
import Storage
import Tokenizers

/// The `config.json` of a folder: the source's, patched, or made by the family.
struct FolderConfiguration {
    let model: Model
    let checkpoint: Checkpoint
    /// The type of most plain weights.
    let type: BlockFormat
    let quantization: JSON?

    private static let expertCounts = ["num_experts", "num_local_experts"]

    /// The document.
    /// - Throws: `BindingError` for what no configuration of the family says.
    var json: JSON {
        get throws(BindingError) {
            var values = try source()
            try patchExperts(&values)
            patchType(&values)
            values["quantization_config"] = quantization
            return .object(values)
        }
    }

    private func source() throws(BindingError) -> JSONObject {
        if let values = checkpoint.archive.configuration?.asObject { return values }
        var values = try checkpoint.family.configuration(model)
        guard checkpoint.text.hasTokenizer else { return values }
        let marks = try checkpoint.text.parsed().markIDs
        for (key, id) in [("bos_token_id", marks.bos), ("eos_token_id", marks.eos), ("pad_token_id", marks.padding)] {
            values[key] = id.map { .number(JSONNumber($0)) } ?? .null
        }
        return values
    }

    private func patchExperts(_ values: inout JSONObject) throws(BindingError) {
        guard let layer = model.blueprint.expertLayers.first else { return }
        let (now, before) = (model.blueprint.layers[layer], checkpoint.declared.layers[layer])
        if now.expertCount != before.expertCount {
            let names = Self.expertCounts.filter { values[$0] != nil }
            for name in names.isEmpty ? [Self.expertCounts[0]] : names {
                values[name] = .number(JSONNumber(now.expertCount))
            }
        }
        let active = Set(model.blueprint.expertLayers.map { model.blueprint.layers[$0].activeExpertCount })
        guard active.count == 1 else {
            throw .notCarried(
                "num_experts_per_tok", "layers use different numbers of experts a token",
                remedy: "use the same number in every layer, or save as GGUF")
        }
        let used = model.blueprint.expertLayers.map { checkpoint.declared.layers[$0].activeExpertCount }
        if used.contains(where: { $0 != now.activeExpertCount }) {
            values["num_experts_per_tok"] = .number(JSONNumber(now.activeExpertCount))
        }
    }

    private func patchType(_ values: inout JSONObject) {
        let names = [BlockFormat.f32: "float32", .f16: "float16", .bf16: "bfloat16"]
        guard let name = names[type] else { return }
        values[values["dtype"] == nil && values["torch_dtype"] != nil ? "torch_dtype" : "dtype"] = .string(name)
    }
}
