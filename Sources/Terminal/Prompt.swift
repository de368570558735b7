import Plots

/// What stands before an entry.
public struct Prompt: Equatable, Sendable {
    /// The words.
    public let text: String
    /// Whether they are shown bold.
    public let isBold: Bool

    /// Creates a prompt of one line.
    public init(_ text: String, bold: Bool = false) {
        self.text = TextColumns.printable(text)
        isBold = bold
    }

    /// The prompt as the editor takes it: what moves no cursor stands between marks, and never at the end, where it
    /// would be lost.
    var marked: String {
        isBold ? "\u{1}\u{1B}[1m\u{1}\(text)\u{1}\u{1B}[0m\u{1} " : text + " "
    }
}
