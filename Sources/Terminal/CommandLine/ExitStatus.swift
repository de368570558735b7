import ArgumentParser
import Language

/// How the process ends.
public enum ExitStatus: Int32, Sendable {
    case done = 0
    /// A command failed.
    case failed = 1
    /// Usage or syntax.
    case usage = 2
    /// An assertion or a replay differs.
    case differs = 3
    case interrupted = 130

    /// The status that a script's diagnostics lead to.
    init(_ diagnostics: [Diagnostic]) {
        switch diagnostics.first?.kind {
        case nil: self = .done
        case .syntax: self = .usage
        case .failure: self = .failed
        case .assertion: self = .differs
        case .interruption: self = .interrupted
        }
    }

    var exit: ExitCode { ExitCode(rawValue) }
}
