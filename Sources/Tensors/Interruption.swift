import Synchronization

/// The process's one request to stop the running command, set by Ctrl-C and polled by long work.
///
/// A signal handler may call `request()`: it only stores to an atomic.
public enum Interruption {
    private static let requested = Atomic<Bool>(false)

    /// Asks the running command to stop at its next check.
    public static func request() { requested.store(true, ordering: .relaxed) }

    /// Forgets a request, before a new command starts.
    public static func clear() { requested.store(false, ordering: .relaxed) }

    /// Whether a stop is asked for.
    public static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Returns if no stop is asked for.
    /// - Throws: `Interrupted`; whoever catches it rolls the command back.
    public static func check() throws(Interrupted) {
        if isRequested { throw Interrupted() }
    }
}

/// Thrown where work noticed a request to stop.
public struct Interrupted: Error, Equatable {
    public init() {}
}
