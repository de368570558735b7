import Language

/// Declarations for every command of the surface, so that its grammar can be tested without a model.
enum ToySignatures {
    static let model = Parameter("model")
    static let over = Label("over", Parameter("corpus"))
    static let measure = Label("measure", Parameter("metric", .metric), keepsVariable: true)
    static let keep = Label("keep", Parameter("plan"))
    static let edits = Signature.Category("edits")
    static let looks = Signature.Category("looking")

    static let all: [Signature] = looking + metrics + surgery + session

    static let looking: [Signature] = [
        Signature(
            "open", "opens a checkpoint", category: looks, parameters: [Parameter("file", .text)],
            labels: [Label("rope", Parameter("rope", .choice(["truncated"])))]),
        Signature("info", "summary", category: looks, parameters: [Parameter("value")]),
        Signature("run", "runs a prompt", category: looks, parameters: [model, Parameter("prompt")]),
        Signature("tokens", "tokenizes", category: looks, parameters: [model, Parameter("prompt")]),
        Signature(
            "export", "writes a value", category: looks, effect: .writesFile,
            parameters: [Parameter("value"), Parameter("file", .text)]),
        Signature(
            "top", "next tokens", category: looks,
            parameters: [Parameter("run"), Parameter("count", .integer, optional: true)]),
        Signature(
            "generate", "continues a prompt", category: looks, parameters: [model, Parameter("prompt")],
            labels: [
                Label("max", Parameter("tokens", .integer)), Label("temperature", Parameter("t", .number(.none))),
                Label("seed", Parameter("seed", .integer)), Label("top-k", Parameter("k", .integer)),
                Label("top-p", Parameter("p", .number(.fraction))),
            ]),
        Signature("lens", "logit lens", category: looks, parameters: [Parameter("run")]),
        Signature("attention", "pattern", category: looks, parameters: [Parameter("run"), Parameter("heads")]),
        Signature(
            "corpus", "reads a corpus", category: looks, parameters: [Parameter("file", .text)],
            labels: [Label("as", Parameter("form", .choice(["chat"])))]),
        Signature("perplexity", "perplexity", category: looks, parameters: [model], labels: [over]),
        Signature("trace", "routing", category: looks, parameters: [model], labels: [over]),
        Signature(
            "score", "scores", category: looks, parameters: [Parameter("selection")],
            labels: [Label("by", Parameter("criterion", .choice(["reap", "ean", "frequency"]))), over]),
        Signature(
            "select", "makes a plan", category: looks, parameters: [Parameter("scores")],
            labels: [
                Label(
                    "top", Parameter("count", .integer), labels: [Label("per", Parameter("unit", .choice(["layer"])))]),
                Label("budget", Parameter("bytes", .number(.bytes))),
                Label("fraction", Parameter("share", .number(.fraction))),
                Label(
                    "floor", Parameter("count", .integer), labels: [Label("per", Parameter("unit", .choice(["layer"])))]
                ),
            ]),
        Signature(
            "compare", "compares", category: looks, parameters: [model],
            labels: [Label("to", Parameter("other"), required: true), over]),
        Signature(
            "memory", "weighs", category: looks, parameters: [model],
            labels: [
                Label("context", Parameter("n", .integer)), Label("kv", Parameter("type", .choice(["q8_0", "f16"]))),
            ]),
        Signature("bench", "speed", category: looks, parameters: [model]),
        Signature(
            "save", "saves", category: looks, effect: .writesFile, parameters: [model, Parameter("file", .text)]),
        Signature(
            "show", "shows", category: looks, parameters: [Parameter("value")],
            labels: [Label("as", Parameter("form", .choice(["heatmap", "table"])))]),
    ]

    static let metrics: [Signature] = [
        Signature(
            "logit-diff", "logit difference", category: .metric,
            parameters: [Parameter("right", .text), Parameter("wrong", .text)]),
        Signature("prob", "probability", category: .metric, parameters: [Parameter("answer", .text)]),
        Signature("loss", "loss", category: .metric, labels: [over]),
        Signature("kl", "divergence", category: .metric, labels: [Label("from", Parameter("run")), over]),
        Signature(
            "measure", "measures", category: looks, parameters: [Parameter("metric", .metric)],
            labels: [Label("on", Parameter("run"))]),
    ]

    static let surgery: [Signature] = [
        Signature(
            "patch", "patches", category: edits, effect: .edit,
            parameters: [Parameter("selection", .any, each: .before)],
            labels: [
                Label("at", Parameter("positions", .any, each: .alone)),
                Label("from", Parameter("run"), required: true), Label("into", Parameter("run"), keepsVariable: true),
                measure,
            ]),
        Signature(
            "ablate", "ablates", category: edits, effect: .edit,
            parameters: [Parameter("selection", .any, each: .before)],
            labels: [
                Label("with", Parameter("filling", .choiceOrAny(["zero", "mean", "resample"])), labels: [over]),
                measure,
                Label("into", Parameter("run"), keepsVariable: true),
            ]),
        Signature(
            "restrict-experts", "masks experts", category: edits, effect: .edit,
            parameters: [Parameter("selection")], labels: [keep, Label("drop", Parameter("experts"))]),
        Signature(
            "prune", "removes experts", category: edits, effect: .edit, parameters: [Parameter("selection")],
            labels: [keep]),
        Signature(
            "merge-experts", "merges", category: edits, effect: .edit, parameters: [Parameter("selection")],
            labels: [keep, Label("by", Parameter("method", .choice(["hc-smoe"]))), over]),
        Signature(
            "quantize", "quantizes", category: edits, effect: .edit,
            parameters: [Parameter("selection", .any, each: .before)],
            labels: [
                Label("as", Parameter("type", .choice(["q4_k", "q4_k_m", "q3_k"])), required: true),
                Label("using", Parameter("imatrix")), measure,
            ]),
    ]

    static let session: [Signature] = [
        Signature("undo", "reverts the last edit", category: looks, effect: .session),
        Signature("redo", "redoes it", category: looks, effect: .session),
        Signature("edits", "lists edits", category: looks, parameters: [model]),
        Signature("diff", "differences", category: looks, parameters: [model, Parameter("other")]),
        Signature("help", "explains", category: looks, parameters: [Parameter("command", .name, optional: true)]),
        Signature("examples", "shows examples", category: looks, parameters: [Parameter("command", .name)]),
        Signature("fail", "fails", category: looks, parameters: [Parameter("value")]),
        Signature("interrupt", "asks to stop", category: looks),
    ]
}
