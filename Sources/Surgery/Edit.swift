import Inference

/// What an edit made of a model.
public struct Edit: Sendable {
    /// The edited copy; it shares every tensor that was not touched.
    public let model: Model
    /// What was done, in one line.
    public let summary: String
    /// What to keep in mind, such as heads that share what was edited.
    public let notes: [String]
    /// For each layer, the number that each of its experts had before; nil where none was renumbered.
    public let originalExperts: [[Int]?]?

    init(model: Model, summary: String, notes: [String] = [], originalExperts: [[Int]?]? = nil) {
        self.model = model
        self.summary = summary
        self.notes = notes
        self.originalExperts = originalExperts
    }
}
