import Documents
import Inference
import Storage
import Tokenizers

/// GGUF metadata that say what a Hugging Face folder says.
struct MetadataTranslation {
    let model: Model
    let checkpoint: Checkpoint

    func metadata() throws(BindingError) -> Metadata {
        let family = checkpoint.family
        var metadata = Metadata()
        metadata["general.architecture"] = .string(family.ggufArchitecture)
        metadata["general.type"] = .string("model")
        metadata["general.name"] = .string(name)
        for (key, value) in try family.ggufKeys(model) { metadata[key] = value }
        for (key, value) in try vocabulary() { metadata[key] = value }
        if let template = try checkpoint.text.chatTemplate() {
            metadata["tokenizer.chat_template"] = .string(template)
        }
        return metadata
    }

    /// The folder's own name.
    private var name: String {
        let parts = checkpoint.archive.path.split(separator: "/").filter { $0 != "." && $0 != ".." }
        let last = parts.last.map(String.init) ?? checkpoint.family.name
        return last.replacingSuffix(".safetensors", by: "")
    }

    private func vocabulary() throws(BindingError) -> [(key: String, value: MetadataValue)] {
        guard checkpoint.text.hasTokenizer else { return [("tokenizer.ggml.model", .string("none"))] }
        let definition = try checkpoint.text.parsed()
        var vocabulary: GGUFVocabulary
        do {
            vocabulary = try definition.ggufVocabulary(rows: model.blueprint.vocabularyCount)
        } catch {
            throw BindingError(error)
        }
        let configuration = checkpoint.archive.configuration
        func id(_ key: String) -> Int? { configuration?[key]?.asInteger }
        vocabulary.bos = vocabulary.bos ?? id("bos_token_id")
        vocabulary.eos = vocabulary.eos ?? id("eos_token_id")
        vocabulary.padding = vocabulary.padding ?? id("pad_token_id")
        return vocabulary.metadata
    }
}
