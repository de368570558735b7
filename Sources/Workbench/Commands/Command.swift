import Language

/// A command: its declaration, and what it does.
///
/// One file each in this folder, and one line in the list of its shelf. Parser, help, completion, reference and the tests of
/// examples all come from the signature.
public protocol Command: Sendable {
    /// How it is written, what it changes, its words for help, an example that runs.
    static var signature: Signature { get }
    /// Runs it. Whatever it throws leaves the session as it was.
    static func run(_ call: Invocation, in session: Session) throws -> Outcome
    /// What `explain` adds of this very call: what it would compute and reuse.
    static func forecast(_ call: Invocation, in session: Session) throws -> [String]
}

extension Command {
    /// Nothing to add.
    public static func forecast(_ call: Invocation, in session: Session) throws -> [String] { [] }
}

/// Every command, in display order: the shelves behind one another.
public enum Commands {
    public static let all: [any Command.Type] = models + experiments + compression + sessionShelf
}
