import Documents
import Inference
import Storage
import Tokenizers

/// The files of a folder that turn text into token ids: carried from a folder, made from a GGUF file's vocabulary.
struct FolderText {
    let checkpoint: Checkpoint

    /// What a folder may have beside its tensors.
    private static let names = [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
        "merges.txt", "tokenizer.model", "chat_template.jinja", "chat_template.json", "generation_config.json",
    ]

    /// The files, by name.
    /// - Throws: `BindingError` for a file that cannot be read, or a vocabulary that `tokenizer.json` cannot say.
    func files() throws(BindingError) -> [SafetensorsFolderWriter.Companion] {
        checkpoint.naming == .gguf ? try made() : try carried()
    }

    private func carried() throws(BindingError) -> [SafetensorsFolderWriter.Companion] {
        var files: [SafetensorsFolderWriter.Companion] = []
        for name in Self.names {
            do {
                if let bytes = try checkpoint.archive.companion(name) { files.append(.init(name: name, bytes: bytes)) }
            } catch {
                throw BindingError(error)
            }
        }
        return files
    }

    private func made() throws(BindingError) -> [SafetensorsFolderWriter.Companion] {
        guard checkpoint.text.hasTokenizer else { return [] }
        let definition = try checkpoint.text.parsed()
        let tokenizer: JSON
        do { tokenizer = try definition.tokenizerJSON() } catch { throw BindingError(error) }
        let template = try checkpoint.text.chatTemplate()
        let configuration = definition.tokenizerConfiguration(
            chatTemplate: template, contextLength: checkpoint.declared.contextLength)
        func file(_ name: String, _ json: JSON) -> SafetensorsFolderWriter.Companion {
            .init(name: name, bytes: json.utf8(.pretty) + [10])
        }
        var files = [
            file("tokenizer.json", tokenizer), file("tokenizer_config.json", configuration),
            file("generation_config.json", generation(definition)),
        ]
        if let template { files.append(.init(name: "chat_template.jinja", bytes: Array(template.utf8))) }
        return files
    }

    private func generation(_ definition: TokenizerDefinition) -> JSON {
        let marks = definition.markIDs
        var values = JSONObject()
        if let bos = marks.bos { values["bos_token_id"] = .number(JSONNumber(bos)) }
        // The end of text first, then whatever else ends a turn.
        let ends = [marks.eos].compactMap(\.self) + marks.ends.filter { $0 != marks.eos }
        if !ends.isEmpty { values["eos_token_id"] = .array(ends.map { .number(JSONNumber($0)) }) }
        if let padding = marks.padding { values["pad_token_id"] = .number(JSONNumber(padding)) }
        return .object(values)
    }
}
