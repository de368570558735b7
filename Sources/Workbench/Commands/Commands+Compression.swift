extension Commands {
    /// The shelf's commands, in display order.
    static let compression: [any Command.Type] = [
        Corpus.self, PerplexityCommand.self, Evaluate.self, Trace.self, Imatrix.self, Score.self, Select.self,
        PlanCommand.self, RestrictExperts.self, Compare.self, Prune.self, RecipesCommand.self, Quantize.self,
        Dequantize.self, Sparsify.self, Frontier.self, Save.self, Convert.self, Split.self, Join.self,
        RecipeCommand.self, Verify.self,
    ]
}
