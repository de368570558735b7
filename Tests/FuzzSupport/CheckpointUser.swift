import Architectures
import Inference
import Kernels
import Tensors
import Tokenizers

/// Does with an accepted checkpoint what a session would: runs it, turns text into ids and back, and plans it anew in
/// the other container.
struct CheckpointUser {
    /// Models beyond this are left alone.
    /// - Units: weights.
    private static let mostWeights = 1 << 20

    private let engine = Engine(compute: Compute(threads: 1))
    private let scratch: String

    /// - Parameter scratch: a folder to write in.
    init(scratch: String) { self.scratch = scratch }

    /// What came of it, in words that inputs which end alike share.
    func outcome(of checkpoint: Checkpoint) throws -> String {
        var words = ""
        if checkpoint.hasTokenizer {
            do { words += ", " + (try Self.use(checkpoint.tokenizer())) } catch { words += ", " + Self.code(error) }
        }
        do { words += try checkpoint.chatTemplate() == nil ? "" : ", template" } catch {
            words += ", " + Self.code(error)
        }
        let weights = checkpoint.model.tensors.values.reduce(0) { $0 + $1.rows * $1.columns }
        guard weights < Self.mostWeights else { return words }
        let run = try engine.run(checkpoint.model, tokens: [0, 1, 0])
        precondition(run.logits.values.count == 3 * checkpoint.model.blueprint.vocabularyCount)
        // Other kernels, of packings above all; more vectors than one, so that tiles have their turn.
        let fast = try engine.under(Arithmetic(precision: .fast)).run(
            checkpoint.model, tokens: Array(repeating: 0, count: 17))
        precondition(fast.logits.values.count == 17 * checkpoint.model.blueprint.vocabularyCount)
        return words + ", " + translated(checkpoint)
    }

    /// Text to ids and back.
    static func use(_ tokenizer: any Tokenizer) throws -> String {
        let text = "Hello  w\u{F6}rld\n\n123<|end|> \u{1F600}e\u{301}"
        let ids = tokenizer.encode(text)
        _ = try tokenizer.decode(ids)
        return "\(tokenizer.summary), \(min(ids.count, 64)) ids"
    }

    private func translated(_ checkpoint: Checkpoint) -> String {
        do {
            if checkpoint.naming == .gguf {
                try checkpoint.saveFolder(checkpoint.model, to: scratch + "/translated")
            } else {
                try checkpoint.save(checkpoint.model, to: scratch + "/translated.gguf")
            }
            return "translated"
        } catch {
            return Self.code(error)
        }
    }

    private static func code(_ error: any Error) -> String { (error as? any Explained)?.code ?? "error" }
}
