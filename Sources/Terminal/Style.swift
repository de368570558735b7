import Plots

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether and how an output is coloured.
public struct Style: Equatable, Sendable {
    /// Whether words may be bold, faint or coloured.
    public let isColored: Bool
    /// How many colours a plot may use.
    public let depth: ColorDepth

    /// A style without any escape sequence.
    public static let plain = Style(isTerminal: false, environment: [:])

    /// Decides: colour only on a terminal that is not dumb, and only where NO_COLOR is unset or empty.
    public init(isTerminal: Bool, environment: [String: String]) {
        let terminal = environment["TERM"] ?? ""
        isColored = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && !terminal.isEmpty && terminal != "dumb"
        let promise = environment["COLORTERM"] ?? ""
        depth =
            !isColored
            ? .none
            : promise == "truecolor" || promise == "24bit" || terminal.hasSuffix("-direct")
                ? .full : terminal.contains("256color") ? .palette256 : .none
    }

    /// Decides for an open file: 1 is standard output, 2 standard error.
    public init(descriptor: Int32, environment: [String: String]) {
        self.init(isTerminal: isatty(descriptor) == 1, environment: environment)
    }

    /// What a piece of text is, which decides its looks.
    public enum Role: Sendable, CaseIterable {
        /// The word `error` and the place that it points to.
        case error
        /// The word `warning`.
        case warning
        /// The word `help` and what follows from it.
        case help
        /// A heading or a name that stands out.
        case strong
        /// Line numbers, rules, asides.
        case faint
    }

    /// Writes text in the looks of its role.
    public func callAsFunction(_ text: String, _ role: Role) -> String {
        guard isColored, !text.isEmpty else { return text }
        let code =
            switch role {
            case .error: "1;31"
            case .warning: "1;33"
            case .help: "36"
            case .strong: "1"
            case .faint: "2"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
