import Inference

extension Criterion {
    /// loss without the expert − loss: how much worse the next token is predicted when the router cannot choose it.
    ///
    /// The expert's router logit is set to minus infinity, so the next-ranked expert takes its place and the routing
    /// weights are shared out anew, as under a restriction.
    public static let ablation = Criterion(
        name: "ablation", summary: "rise of the loss when the router cannot choose the expert", unit: "nats/token",
        sites: [.routerLogits, .logits], source: "leave-one-out; popular experts need not be important ones",
        method: .ablation)
}
