extension Commands {
    /// The shelf's commands, in display order.
    static let experiments: [any Command.Type] = [
        RunCommand.self, TokensCommand.self, Top.self, Generate.self, Chat.self,
        LogitDiff.self, Prob.self, LogProb.self, Rank.self, Loss.self, KL.self, Measure.self,
        PatchCommand.self, AblateCommand.self, Show.self, Export.self,
    ]
}
