extension Commands {
    /// The shelf's commands, in display order.
    static let models: [any Command.Type] = [
        Open.self, Info.self, MemoryCommand.self,
    ]
}
