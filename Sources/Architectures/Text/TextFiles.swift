import Documents
import Foundation
import Storage
import Synchronization
import Tokenizers

/// What a checkpoint brings for turning text into token ids; read when it is first asked for.
final class TextFiles: Sendable {
    private enum Parsed {
        case not
        case done(Result<TokenizerDefinition, BindingError>)
    }

    private let archive: Archive
    private let rows: Int
    private let definition = Mutex<Parsed>(.not)
    private let built = Mutex<Result<any Tokenizer, BindingError>?>(nil)

    /// - Parameter rows: how many rows the model's embedding has.
    init(_ archive: Archive, rows: Int) {
        self.archive = archive
        self.rows = rows
    }

    /// The tokenizer, built once.
    func tokenizer() throws(BindingError) -> any Tokenizer {
        let result = built.withLock { cache -> Result<any Tokenizer, BindingError> in
            if let cache { return cache }
            let result = Result { () throws(BindingError) -> any Tokenizer in
                let definition = try self.parsed()
                do throws(TokenizerError) {
                    return try definition.makeTokenizer()
                } catch {
                    throw BindingError(error)
                }
            }
            cache = result
            return result
        }
        return try result.get()
    }

    /// What the files say about the tokenizer, parsed once.
    func parsed() throws(BindingError) -> TokenizerDefinition {
        let result = definition.withLock { cache -> Result<TokenizerDefinition, BindingError> in
            if case .done(let result) = cache { return result }
            let result = Result { () throws(BindingError) -> TokenizerDefinition in try self.parse() }
            cache = .done(result)
            return result
        }
        return try result.get()
    }

    /// Whether there is a tokenizer at all.
    var hasTokenizer: Bool {
        switch archive.container {
        case .gguf: !["none", "no_vocab"].contains(archive.metadata["tokenizer.ggml.model"]?.text ?? "none")
        case .safetensors: path("tokenizer.json").map { FileManager.default.fileExists(atPath: $0) } ?? false
        }
    }

    /// The chat template; nil where there is none.
    ///
    /// A template in `tokenizer_config.json` comes before `chat_template.jinja`; of several, the one named `default`.
    func chatTemplate() throws(BindingError) -> String? {
        if case .gguf = archive.container { return archive.metadata["tokenizer.chat_template"]?.text }
        let value = try json("tokenizer_config.json")?["chat_template"]
        if let text = value?.asString { return text }
        let named = value?.asArray?.first { $0["name"]?.asString == "default" }
        if let text = named?["template"]?.asString { return text }
        return try bytes("chat_template.jinja").map { String(decoding: $0, as: UTF8.self) }
    }

    private func parse() throws(BindingError) -> TokenizerDefinition {
        guard hasTokenizer else {
            throw BindingError(
                code: "binding.no-tokenizer", subject: archive.path, message: "the checkpoint has no tokenizer",
                remedy: "use token ids: run m [1, 2, 3]")
        }
        do {
            switch archive.container {
            case .gguf: return try TokenizerDefinition(gguf: GGUFVocabulary(archive.metadata))
            case .safetensors: return try folderDefinition()
            }
        } catch let error as BindingError {
            throw error
        } catch let error as TokenizerError {
            throw BindingError(error)
        } catch {
            throw BindingError(code: "binding.tokenizer", subject: archive.path, message: "\(error)")
        }
    }

    private func folderDefinition() throws -> TokenizerDefinition {
        guard let document = try json("tokenizer.json") else {
            throw BindingError(
                code: "binding.tokenizer", subject: path("tokenizer.json") ?? archive.path,
                message: "it cannot be read",
                remedy: "make the file readable")
        }
        var definition = try TokenizerDefinition(
            tokenizerJSON: document, configuration: try json("tokenizer_config.json"), rows: rows)
        guard definition.count <= rows else {
            throw BindingError(
                code: "binding.shape", subject: path("tokenizer.json") ?? archive.path,
                message: "\(definition.count) tokens, but the embedding has \(rows) rows",
                remedy: "the folder's parts do not belong together: take them from their source again")
        }
        let generation = try json("generation_config.json")?["eos_token_id"]
        for source in [generation, archive.configuration?["eos_token_id"]] {
            let ids = source?.asArray ?? [source].compactMap(\.self)
            try definition.addEndOfGeneration(ids.compactMap(\.asInteger))
        }
        return definition
    }

    /// A document of the folder; nil if there is none.
    private func json(_ name: String) throws(BindingError) -> JSON? {
        guard let bytes = try bytes(name) else { return Optional.none }
        do { return try JSON(parsing: bytes) } catch {
            throw BindingError(
                code: "binding.tokenizer", subject: "\(path(name) ?? name), \(error.subject)", message: error.message,
                remedy: error.remedy)
        }
    }

    private func bytes(_ name: String) throws(BindingError) -> [UInt8]? {
        do { return try archive.companion(name) } catch { throw BindingError(error) }
    }

    private func path(_ name: String) -> String? { archive.folder.map { $0 + "/" + name } }
}

extension GGUFVocabulary {
    /// The vocabulary of a GGUF file's metadata.
    init(_ metadata: Metadata) {
        func value(_ key: String) -> MetadataValue? { metadata["tokenizer.ggml." + key] }
        self.init(
            model: value("model")?.text ?? "", pre: value("pre")?.text, tokens: value("tokens")?.strings ?? [],
            tokenTypes: value("token_type")?.integers ?? [], merges: value("merges")?.strings ?? [],
            scores: (value("scores")?.floats ?? []).map { Float($0) })
        bos = value("bos_token_id")?.integer
        eos = value("eos_token_id")?.integer
        endOfTurn = value("eot_token_id")?.integer
        endOfMessage = value("eom_token_id")?.integer
        unknown = value("unknown_token_id")?.integer
        padding = value("padding_token_id")?.integer
        addsBOS = value("add_bos_token")?.boolean
        addsEOS = value("add_eos_token")?.boolean
        addsSpacePrefix = value("add_space_prefix")?.boolean
    }

    /// The metadata that say the same.
    var metadata: [(key: String, value: MetadataValue)] {
        var entries: [(String, MetadataValue)] = [("model", .string(model))]
        if let pre { entries.append(("pre", .string(pre))) }
        entries.append(("tokens", .array(MetadataArray(tokens))))
        if !scores.isEmpty { entries.append(("scores", .array(MetadataArray(scores)))) }
        if !tokenTypes.isEmpty {
            entries.append(("token_type", .array(MetadataArray(tokenTypes.map { Int32(clamping: $0) }))))
        }
        if !merges.isEmpty { entries.append(("merges", .array(MetadataArray(merges)))) }
        let ids = [
            ("bos_token_id", bos), ("eos_token_id", eos), ("eot_token_id", endOfTurn), ("eom_token_id", endOfMessage),
            ("unknown_token_id", unknown), ("padding_token_id", padding),
        ]
        for case (let key, let id?) in ids { entries.append((key, .uint32(UInt32(clamping: id)))) }
        let switches = [("add_bos_token", addsBOS), ("add_eos_token", addsEOS), ("add_space_prefix", addsSpacePrefix)]
        for case (let key, let truth?) in switches { entries.append((key, .bool(truth))) }
        return entries.map { ("tokenizer.ggml." + $0.0, $0.1) }
    }
}
