/// A kind of place in the forward pass whose value can be looked at, and where `isPatchable`, replaced.
public enum SiteKind: Int, CaseIterable, Sendable {
    case embed
    case residPre
    case ln1Scale, ln1Normalized, attnIn
    case query, key, value
    case rotatedQuery, rotatedKey
    case scores, pattern
    case z
    case attnOut
    case residMid
    case ln2Scale, ln2Normalized, mlpIn
    case routerLogits, expertIndices, expertWeights
    case expertPre, expertPreLinear, expertPost, expertOut
    case sharedPre, sharedPreLinear, sharedPost, sharedOut, sharedWeight
    case densePre, densePreLinear, densePost
    case mlpOut
    case residPost
    case finalScale, finalNormalized
    case logits
}

/// One row of the site table: names, shape and meaning of a kind of site.
public struct SiteRow: Sendable {
    public let kind: SiteKind
    /// The TransformerLens name, `{l}` for the layer and `{e}` for the expert.
    public let name: String
    /// The member of a layer (or of the model) that names it in the language, such as `resid-pre`.
    public let member: String
    /// The axes, first to last.
    public let axes: [String]
    /// Whether an intervention may replace it.
    public let isPatchable: Bool
    /// What it holds.
    public let meaning: String
}

/// The one table of sites. Names, completion, help and tests all come from here.
public enum Sites {
    public static let all: [SiteRow] = [
        row(.embed, "hook_embed", "embed", ["position", "hidden"], true, "token embeddings"),
        row(
            .residPre, "blocks.{l}.hook_resid_pre", "resid-pre", ["position", "hidden"], true,
            "residual stream entering the layer"),
        row(
            .ln1Scale, "blocks.{l}.ln1.hook_scale", "ln1-scale", ["position", "one"], false,
            "root mean square of resid-pre"),
        row(
            .ln1Normalized, "blocks.{l}.ln1.hook_normalized", "ln1-normalized", ["position", "hidden"], false,
            "resid-pre over its scale, before the norm's weight"),
        row(.attnIn, "blocks.{l}.attn.hook_in", "attn-in", ["position", "hidden"], false, "what the projections read"),
        row(
            .query, "blocks.{l}.attn.hook_q", "q", ["position", "head", "channel"], true,
            "queries, before any norm and the rotation"),
        row(
            .key, "blocks.{l}.attn.hook_k", "k", ["position", "kv-head", "channel"], true,
            "keys, before any norm and the rotation; one a group of heads"),
        row(
            .value, "blocks.{l}.attn.hook_v", "v", ["position", "kv-head", "channel"], true,
            "values; one a group of heads"),
        row(
            .rotatedQuery, "blocks.{l}.attn.hook_rot_q", "rot-q", ["position", "head", "channel"], true,
            "queries as the scores use them"),
        row(
            .rotatedKey, "blocks.{l}.attn.hook_rot_k", "rot-k", ["position", "kv-head", "channel"], true,
            "keys as the scores use them"),
        row(
            .scores, "blocks.{l}.attn.hook_attn_scores", "scores", ["head", "query", "key"], true,
            "scaled query-key products; minus infinity where masked"),
        row(
            .pattern, "blocks.{l}.attn.hook_pattern", "pattern", ["head", "query", "key"], true,
            "attention weights; a sink's share is left out"),
        row(.z, "blocks.{l}.attn.hook_z", "z", ["position", "head", "channel"], true, "each head's mixture of values"),
        row(.attnOut, "blocks.{l}.hook_attn_out", "attn-out", ["position", "hidden"], true, "what attention adds"),
        row(
            .residMid, "blocks.{l}.hook_resid_mid", "resid-mid", ["position", "hidden"], true,
            "residual stream between attention and feed-forward"),
        row(
            .ln2Scale, "blocks.{l}.ln2.hook_scale", "ln2-scale", ["position", "one"], false,
            "root mean square of resid-mid"),
        row(
            .ln2Normalized, "blocks.{l}.ln2.hook_normalized", "ln2-normalized", ["position", "hidden"], false,
            "resid-mid over its scale, before the norm's weight"),
        row(
            .mlpIn, "blocks.{l}.mlp.hook_in", "mlp-in", ["position", "hidden"], false,
            "what router and experts read"),
        row(
            .routerLogits, "blocks.{l}.mlp.hook_router_logits", "router-logits", ["position", "expert"], true,
            "router's logits with bias, before any choice; not a number for an expert that is restricted away"),
        row(
            .expertIndices, "blocks.{l}.mlp.hook_expert_indices", "expert-indices", ["position", "slot"], false,
            "chosen experts, largest logit first"),
        row(
            .expertWeights, "blocks.{l}.mlp.hook_expert_weights", "expert-weights", ["position", "slot"], true,
            "routing weights of the chosen experts"),
        row(
            .expertPre, "blocks.{l}.mlp.experts.{e}.hook_pre", "pre", ["position", "channel"], true,
            "gate before the activation; not a number where the expert was not chosen"),
        row(
            .expertPreLinear, "blocks.{l}.mlp.experts.{e}.hook_pre_linear", "pre-linear", ["position", "channel"], true,
            "up before the activation"),
        row(
            .expertPost, "blocks.{l}.mlp.experts.{e}.hook_post", "post", ["position", "channel"], true,
            "what enters the expert's down projection"),
        row(
            .expertOut, "blocks.{l}.mlp.experts.{e}.hook_out", "out", ["position", "hidden"], true,
            "the expert's output, before its routing weight"),
        row(
            .sharedPre, "blocks.{l}.mlp.shared_expert.hook_pre", "shared-pre", ["position", "channel"], true,
            "the shared expert's gate before the activation"),
        row(
            .sharedPreLinear, "blocks.{l}.mlp.shared_expert.hook_pre_linear", "shared-pre-linear",
            ["position", "channel"], true, "the shared expert's up before the activation"),
        row(
            .sharedPost, "blocks.{l}.mlp.shared_expert.hook_post", "shared-post", ["position", "channel"], true,
            "what enters the shared expert's down projection"),
        row(
            .sharedOut, "blocks.{l}.mlp.shared_expert.hook_out", "shared-out", ["position", "hidden"], true,
            "the shared expert's output, before its weight"),
        row(
            .sharedWeight, "blocks.{l}.mlp.shared_expert.hook_weight", "shared-weight", ["position", "one"], true,
            "how much the shared expert counts: the sigmoid of its gate's product"),
        row(
            .densePre, "blocks.{l}.mlp.hook_pre", "mlp-pre", ["position", "channel"], true, "gate before the activation"
        ),
        row(
            .densePreLinear, "blocks.{l}.mlp.hook_pre_linear", "mlp-pre-linear", ["position", "channel"], true,
            "up before the activation"),
        row(
            .densePost, "blocks.{l}.mlp.hook_post", "mlp-post", ["position", "channel"], true,
            "what enters the down projection"),
        row(
            .mlpOut, "blocks.{l}.hook_mlp_out", "mlp-out", ["position", "hidden"], true,
            "what the feed-forward part adds"),
        row(
            .residPost, "blocks.{l}.hook_resid_post", "resid-post", ["position", "hidden"], true,
            "residual stream leaving the layer"),
        row(
            .finalScale, "ln_final.hook_scale", "final-scale", ["position", "one"], false,
            "root mean square of the last residual stream"),
        row(
            .finalNormalized, "ln_final.hook_normalized", "final-normalized", ["position", "hidden"], false,
            "last residual stream over its scale, before the norm's weight"),
        row(.logits, "logits", "logits", ["position", "vocabulary"], false, "next-token logits"),
    ]

    /// The row of a kind.
    public static func row(of kind: SiteKind) -> SiteRow { all[kind.rawValue] }

    private static func row(
        _ kind: SiteKind, _ name: String, _ member: String, _ axes: [String], _ isPatchable: Bool, _ meaning: String
    ) -> SiteRow {
        SiteRow(kind: kind, name: name, member: member, axes: axes, isPatchable: isPatchable, meaning: meaning)
    }
}
