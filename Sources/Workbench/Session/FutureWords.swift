/// Commands of later versions, and what to do until then.
enum FutureWords {
    private static let kQuants = "This version writes q8_0, q4_0 and mxfp4."

    static let all: [String: String] = [
        "lens": "Look at the residual stream itself: `clean[\"blocks.2.hook_resid_post\"]`.",
        "attention": "Look at the pattern itself: `clean[\"blocks.2.attn.hook_pattern\"]`.",
        "merge-experts": "`prune` removes experts; merging them comes later.",
        "imatrix": "`quantize … as q8_0`, `q4_0` and `mxfp4` need no importance matrix.",
        "memory": "`info m` shows what the weights take.",
        "recipe": "`save-session` writes the script that made a model.",
        "bench": "`lancet kernels --bench` times the kernels; `time` times a command.",
        "notebook": "Scripts run with `lancet run FILE`.",
        "using": "`quantize … as q8_0`, `q4_0` and `mxfp4` need no importance matrix.",
        "q2_k": kQuants, "q3_k": kQuants, "q4_k": kQuants, "q5_k": kQuants, "q6_k": kQuants,
        "q2_k_s": kQuants, "q3_k_s": kQuants, "q3_k_m": kQuants, "q3_k_l": kQuants, "q4_k_s": kQuants,
        "q4_k_m": kQuants, "q5_k_s": kQuants, "q5_k_m": kQuants,
        "chat": "Templates are not applied yet: write the marks into the text.",
    ]
}
