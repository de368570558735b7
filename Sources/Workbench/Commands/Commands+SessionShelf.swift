extension Commands {
    /// The shelf's commands, in display order.
    static let sessionShelf: [any Command.Type] = [
        Undo.self, Redo.self, Edits.self, Diff.self, SaveSession.self, SetCommand.self, Given.self, Help.self,
        Examples.self,
    ]
}
