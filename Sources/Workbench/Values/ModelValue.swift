import Architectures
import Documents
import Inference
import Language
import Plots

/// A model at the prompt: a checkpoint's model as it is now, and how it came to be so.
public struct ModelValue: Sendable {
    /// What was opened.
    public let checkpoint: Checkpoint
    /// What it was opened from, as written.
    public let path: String
    public let model: Model
    /// Which version of which session this is: runs and plans remember it.
    public let version: Int
    /// The edits since it was opened, oldest first.
    public let edits: [EditRecord]
    /// For each layer, what each present expert was called when the checkpoint was opened.
    public let originalExperts: [[Int]]

    /// A checkpoint just opened.
    init(opened checkpoint: Checkpoint, path: String, version: Int) {
        self.checkpoint = checkpoint
        self.path = path
        self.version = version
        model = checkpoint.model
        edits = []
        originalExperts = model.blueprint.layers.map { Array(0..<$0.expertCount) }
    }

    private init(
        checkpoint: Checkpoint, path: String, model: Model, version: Int, edits: [EditRecord], originalExperts: [[Int]]
    ) {
        self.checkpoint = checkpoint
        self.path = path
        self.model = model
        self.version = version
        self.edits = edits
        self.originalExperts = originalExperts
    }

    /// This model after one more edit.
    func edited(
        _ model: Model, _ edit: EditRecord, in session: Session, originalExperts: [[Int]]? = nil
    ) -> ModelValue {
        ModelValue(
            checkpoint: checkpoint, path: path, model: model, version: session.nextVersion(), edits: edits + [edit],
            originalExperts: originalExperts ?? self.originalExperts)
    }

    /// How messages name it: the file, and how many edits lie on it.
    var title: String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return edits.isEmpty ? name : "\(name) with \(edits.count) edit\(edits.count == 1 ? "" : "s")"
    }
}

/// One edit: the command that made it, and what it did.
public struct EditRecord: Sendable, Equatable {
    /// The command in canonical spelling.
    public let command: String
    /// One line of what changed.
    public let effect: String

    public init(command: String, effect: String) {
        self.command = command
        self.effect = effect
    }
}
