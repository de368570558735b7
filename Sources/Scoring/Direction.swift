/// Which way a number is good.
public enum Direction: String, Sendable, Hashable {
    /// More is better, or more important.
    case higher
    /// Less is better.
    case lower

    /// The words behind a number, such as `higher is better`.
    public var phrase: String { "\(rawValue) is better" }
}
