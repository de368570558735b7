import Plots

/// Where a session's words go. Values go to standard output; notices and progress to standard error.
public protocol SessionOutput: AnyObject {
    /// How wide and colourful shown values may be.
    var textOptions: TextOptions { get }
    /// Writes a shown value or a printed line, and ends the line.
    func write(_ text: String)
    /// Writes a piece of text that goes on, such as a token being generated.
    func stream(_ text: String)
    /// Writes a warning or a remark.
    func notice(_ text: String)
    /// Shows how far long work has come; nil takes the display away.
    func progress(_ state: Progress?)
}

/// How far long work has come.
public struct Progress: Sendable {
    /// What is being done, such as `patch`.
    public let task: String
    public let done: Int
    public let total: Int
    /// What is counted, such as `windows`.
    public let unit: String

    public init(task: String, done: Int, total: Int, unit: String) {
        self.task = task
        self.done = done
        self.total = total
        self.unit = unit
    }
}
