extension Commands {
    /// The shelf's commands, in display order.
    static let experiments: [any Command.Type] = [
        RunCommand.self
    ]
}
