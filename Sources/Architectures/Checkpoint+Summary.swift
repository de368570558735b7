import Inference
import Storage

extension Checkpoint {
    /// The container, in words: `GGUF v3`, `Hugging Face folder, 3 files`.
    public var containerSummary: String {
        let files = archive.files.count == 1 ? "" : ", \(archive.files.count) files"
        return switch archive.container {
        case .gguf(let version): "GGUF v\(version)" + files
        case .safetensors: (archive.folder == archive.path ? "Hugging Face folder" : "safetensors") + files
        }
    }

    /// How positions turn queries and keys, in words: `plain`, `YaRN ×32, reference` or
    /// `YaRN ×32, truncated as llama.cpp`.
    public var ropeSummary: String {
        switch model.blueprint.rotary.scaling {
        case .none: "plain"
        case .linear(let factor): "linear ×\(Self.short(factor))"
        case .divided(let divisors): "divided by 1 to \(Self.short(divisors.max() ?? 1))"
        case .yarn(let yarn):
            "YaRN ×\(Self.short(yarn.factor)), " + (ropeMode == .truncated ? "truncated as llama.cpp" : "reference")
        }
    }

    /// The kind of the tokenizer, in words, without building it; nil where there is none.
    public var tokenizerSummary: (kind: String, count: Int?)? {
        guard hasTokenizer else { return nil }
        guard case .gguf = archive.container else { return ("tokenizer.json", nil) }
        let model = archive.metadata["tokenizer.ggml.model"]?.text ?? ""
        let kind = ["gpt2": "bpe", "llama": "sentencepiece"][model] ?? model
        let pre = archive.metadata["tokenizer.ggml.pre"]?.text.map { " " + $0 } ?? ""
        return (kind + (model == "gpt2" ? pre : ""), archive.metadata["tokenizer.ggml.tokens"]?.array?.count)
    }

    private static func short(_ number: Float) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}
