extension Commands {
    /// The shelf's commands, in display order.
    static let compression: [any Command.Type] = []
}
