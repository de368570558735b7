extension Commands {
    /// The shelf's commands, in display order.
    static let sessionShelf: [any Command.Type] = []
}
