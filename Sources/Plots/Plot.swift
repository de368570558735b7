/// A picture of values that can be shown in a terminal and saved as a file.
public protocol Plot: Sendable {
    /// Draws the plot with characters, lines separated by newlines, without a newline at the end.
    func text(_ options: TextOptions) -> String

    /// Draws the plot as a self-contained SVG document.
    func svg() -> String
}

/// How a plot may use the terminal.
public struct TextOptions: Sendable, Equatable {
    /// Terminal columns that a line may fill.
    public var width: Int
    /// How many colours the terminal shows.
    public var color: ColorDepth

    /// Creates options; a width under 20 columns is taken as 20.
    public init(width: Int = 80, color: ColorDepth = .none) {
        self.width = max(20, width)
        self.color = color
    }
}

/// How many colours a terminal shows.
public enum ColorDepth: Sendable, Equatable {
    /// No escape sequence is written.
    case none
    /// The 256-colour palette.
    case palette256
    /// Red, green and blue of eight bits each.
    case full
}
