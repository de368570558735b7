/// Who brings weights into memory before a forward pass reads them, where a model is larger than the memory it may take.
///
/// Without one an engine reads weights where they lie. Results are the same to the bit.
public protocol ExpertSupply: AnyObject, Sendable {
    /// A pass of so many tokens over a model begins: what all of them need is to be in memory from now on.
    func beginPass(_ model: Model, tokens: Int)
    /// Calls the body with the places in `uses` of experts that are in memory and stay there until it returns, until each
    /// had its turn once.
    func withExperts(_ uses: [ExpertUse], layer: Int, of model: Model, _ body: ([Int]) -> Void)
    /// Tells which experts a layer will likely use, the likeliest first.
    func expect(_ uses: [ExpertUse], layer: Int, of model: Model)
}

/// An expert, and how many tokens of a pass it is used by.
public struct ExpertUse: Sendable {
    public let expert: Int
    public let tokens: Int

    public init(expert: Int, tokens: Int) {
        self.expert = expert
        self.tokens = tokens
    }
}
