import CEditLine
import Tensors

/// Ctrl-C while a command runs: it asks the command to stop, and the process goes on.
///
/// The handler only stores to the atomic that long work polls. A second Ctrl-C within two seconds offers to abort, a
/// third does. While a `LineEditor` reads, Ctrl-C belongs to it.
public enum InterruptSignal {
    /// Takes the signal from now on; writing to a closed pipe also becomes an error instead of a death.
    public static func watch() {
        // The first access runs an initializer, which a signal handler must not.
        _ = Interruption.isRequested
        lancet_interrupt_watch { Interruption.request() }
    }

    /// Gives the signals back as they were before.
    public static func unwatch() {
        lancet_interrupt_unwatch()
    }
}
