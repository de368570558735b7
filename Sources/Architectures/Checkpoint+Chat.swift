import Storage
import Tokenizers

extension Checkpoint {
    /// How the checkpoint writes chats.
    /// - Throws: `BindingError` where its template is none of the known ones, or it has no tokenizer.
    public func chatFormat() throws(BindingError) -> ChatFormat {
        let (source, tokenizer) = (try chatTemplate(), try tokenizer())
        do { return try ChatFormat(source: source, tokenizer: tokenizer) } catch {
            throw BindingError(
                code: "binding.chat", subject: archive.path, message: error.message, remedy: error.remedy)
        }
    }
}
