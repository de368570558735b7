import Inference
import Kernels

/// How values are shown.
public enum DisplayMode: String, CaseIterable, Sendable {
    case text, json, csv, markdown
}

/// What a session is told from outside: process flags, and `set`.
public struct Settings: Sendable {
    /// The seed of every random draw.
    public var seed: UInt64
    /// Threads that kernels use; results do not depend on it.
    public var threads: Int
    /// How results are computed.
    public var arithmetic: Arithmetic
    public var mode: DisplayMode
    /// Whether assignments show what they bound, as at the prompt.
    public var showsAssignments: Bool

    public init(
        seed: UInt64 = 0, threads: Int = ThreadPool.processorCount, arithmetic: Arithmetic = Arithmetic(),
        mode: DisplayMode = .text,
        showsAssignments: Bool = false
    ) {
        self.seed = seed
        self.threads = threads
        self.arithmetic = arithmetic
        self.mode = mode
        self.showsAssignments = showsAssignments
    }
}
