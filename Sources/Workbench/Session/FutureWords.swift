/// Commands of later versions, and what to do until then.
enum FutureWords {
    static let all: [String: String] = [
        "lens": "Look at the residual stream itself: `clean[\"blocks.2.hook_resid_post\"]`.",
        "attention": "Look at the pattern itself: `clean[\"blocks.2.attn.hook_pattern\"]`.",
        "merge-experts": "`prune` removes experts; merging them comes later.",
        "bench": "`lancet kernels --bench` times the kernels; `time` times a command.",
        "notebook": "Scripts run with `lancet run FILE`.",
    ]
}
