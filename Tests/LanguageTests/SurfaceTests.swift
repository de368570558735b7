import Language
import Testing

/// Every line that scripts may rely on for ever, with the tree that it must mean.
@Suite struct SurfaceTests {
    static var vocabulary: Vocabulary { Vocabulary(ToySignatures.all) }

    static let lines: [(script: String, outline: String)] = [
        ("m = open \"a.gguf\"  # GGUF (also split)", "(let m (open \"a.gguf\"))"),
        ("m = open \"a.gguf\" rope truncated", "(let m (open \"a.gguf\" rope:('truncated)))"),
        ("info m", "(do (info m))"),
        ("m.layers[2].router", "(show (. (at (. m layers) 2) router))"),
        ("m.layers[2].experts[7].down", "(show (. (at (. (at (. m layers) 2) experts) 7) down))"),
        ("m.tensors[\"blk.2.ffn_down_exps.weight\"]", "(show (at (. m tensors) \"blk.2.ffn_down_exps.weight\"))"),
        ("clean   = run m \"When Mary\"", "(let clean (run m \"When Mary\"))"),
        ("ids = run m [11, 42, 7]", "(let ids (run m [11 42 7]))"),
        ("tokens m \"John\"", "(do (tokens m \"John\"))"),
        ("clean.logits", "(show (. clean logits))"),
        ("export clean.logits \"logits.npy\"", "(do (export (. clean logits) \"logits.npy\"))"),
        ("clean[\"blocks.2.attn.hook_z\"]", "(show (at clean \"blocks.2.attn.hook_z\"))"),
        ("top clean 5", "(do (top clean 5))"),
        (
            "generate m \"The\" max 16 temperature 0 seed 1",
            "(do (generate m \"The\" max:(16) temperature:(0) seed:(1)))"
        ),
        ("generate m \"The\" top-k 40 top-p 90%", "(do (generate m \"The\" top-k:(40) top-p:(90%)))"),
        ("ld = logit-diff \" Mary\" \" John\"", "(let ld (logit-diff \" Mary\" \" John\"))"),
        ("measure ld on clean", "(do (measure ld on:(clean)))"),
        ("measure loss over held", "(do (measure (loss over:(held))))"),
        ("measure kl", "(do (measure (kl)))"),
        (
            "patch m.heads[2, 5] from clean into corrupt measure ld",
            "(do (patch (at (. m heads) 2 5) from:(clean) into:(corrupt) measure:(ld)))"
        ),
        (
            "patch each m.heads from clean into corrupt measure ld",
            "(do (patch each (. m heads) from:(clean) into:(corrupt) measure:(ld)))"
        ),
        (
            "patch each m.layers.resid-pre at each from clean into corrupt measure ld",
            "(do (patch each (. (. m layers) resid-pre) at:(each) from:(clean) into:(corrupt) measure:(ld)))"
        ),
        (
            "patch m.heads[0, 0] from clean into corrupt measure kl from clean",
            "(do (patch (at (. m heads) 0 0) from:(clean) into:(corrupt) measure:((kl from:(clean)))))"
        ),
        (
            "patch m.layers at -1 from clean into corrupt measure logit-diff \" a\" \" b\"",
            "(do (patch (. m layers) at:(-1) from:(clean) into:(corrupt) measure:((logit-diff \" a\" \" b\"))))"
        ),
        (
            "ablate m.layers[1].experts[3] with mean over calib",
            "(do (ablate (at (. (at (. m layers) 1) experts) 3) with:('mean over:(calib))))"
        ),
        ("ablate m.heads with clean", "(do (ablate (. m heads) with:(clean)))"),
        (
            "ablate each m.experts measure loss over corpus",
            "(do (ablate each (. m experts) measure:((loss over:(corpus)))))"
        ),
        (
            "ablate each m.experts with mean over a measure loss over b",
            "(do (ablate each (. m experts) with:('mean over:(a)) measure:((loss over:(b)))))"
        ),
        ("lens clean", "(do (lens clean))"),
        ("attention clean m.heads[2, 5]", "(do (attention clean (at (. m heads) 2 5)))"),
        ("calib = corpus \"calib.txt\" as chat", "(let calib (corpus \"calib.txt\" as:('chat)))"),
        ("perplexity m over held", "(do (perplexity m over:(held)))"),
        ("routes = trace m over calib", "(let routes (trace m over:(calib)))"),
        (
            "scores = score m.experts by reap over calib",
            "(let scores (score (. m experts) by:('reap) over:(calib)))"
        ),
        ("plan = select scores top 12 per layer", "(let plan (select scores top:(12 per:('layer))))"),
        ("plan = select scores budget 10.4GiB", "(let plan (select scores budget:(10.4GiB)))"),
        (
            "plan = select scores fraction 75% floor 4 per layer",
            "(let plan (select scores fraction:(75%) floor:(4 per:('layer))))"
        ),
        ("restrict-experts m keep plan", "(do (restrict-experts m keep:(plan)))"),
        (
            "restrict-experts m.layers[3] drop [0, 7]",
            "(do (restrict-experts (at (. m layers) 3) drop:([0 7])))"
        ),
        ("compare m to base over held", "(do (compare m to:(base) over:(held)))"),
        ("prune m keep plan", "(do (prune m keep:(plan)))"),
        (
            "merge-experts m keep plan by hc-smoe over calib",
            "(do (merge-experts m keep:(plan) by:('hc-smoe) over:(calib)))"
        ),
        ("quantize m.experts as q4_k using imatrix", "(do (quantize (. m experts) as:('q4_k) using:(imatrix)))"),
        ("quantize m as q4_k_m", "(do (quantize m as:('q4_k_m)))"),
        (
            "quantize each m.layers as q3_k measure kl over corpus",
            "(do (quantize each (. m layers) as:('q3_k) measure:((kl over:(corpus)))))"
        ),
        ("dry-run quantize m as q4_k_m", "(do (dry-run quantize m as:('q4_k_m)))"),
        ("memory m context 8192 kv q8_0", "(do (memory m context:(8192) kv:('q8_0)))"),
        ("bench m", "(do (bench m))"),
        ("save m \"out.gguf\"", "(do (save m \"out.gguf\"))"),
        ("undo; redo; edits m; diff m base", "(show undo)\n(show redo)\n(do (edits m))\n(do (diff m base))"),
        (
            "export scores \"scores.csv\"; show scores as heatmap",
            "(do (export scores \"scores.csv\"))\n(do (show scores as:('heatmap)))"
        ),
        (
            "assert (perplexity m over held) < 1.05 * (perplexity base over held) \"pruned too far\"",
            "(assert (< (perplexity m over:(held)) (* 1.05 (perplexity base over:(held)))) \"pruned too far\")"
        ),
        (
            "help patch; examples patch; time run m \"hello\"",
            "(do (help 'patch))\n(do (examples 'patch))\n(do (time run m \"hello\"))"
        ),
        ("cut = ablate m.heads[2, 5]", "(let cut (ablate (at (. m heads) 2 5)))"),
        (
            "with ablate m.heads[2, 5] { measure ld on clean }",
            "(with (ablate (at (. m heads) 2 5)) { (do (measure ld on:(clean))) })"
        ),
        ("m.experts[3, 0:8]", "(show (at (. m experts) 3 (: 0 8 _)))"),
        ("m.heads[:, 5]", "(show (at (. m heads) (: _ _ _) 5))"),
        ("x = 0..<12", "(let x (..< 0 12))"),
        ("x = 0...12", "(let x (... 0 12))"),
        ("patch m.layers at 0..<12 from clean", "(do (patch (. m layers) at:((..< 0 12)) from:(clean)))"),
        ("x = 7.5GiB; y = 28%", "(let x 7.5GiB)\n(let y 28%)"),
        ("memory;", "(quiet (show memory))"),
    ]

    @Test(arguments: lines.indices) func everyLineMeansWhatItShould(_ index: Int) {
        let (script, outline) = Self.lines[index]
        let program = Parser.parse(SourceText(script), vocabulary: Self.vocabulary)
        #expect(program.diagnostics.map(\.message).isEmpty, "\(program.diagnostics.map(\.message))")
        #expect(program.outline == outline)
        #expect(program.status == .complete)
    }

    @Test(arguments: lines.indices) func everyLinePrintsToWhatItMeans(_ index: Int) {
        let program = Parser.parse(SourceText(Self.lines[index].script), vocabulary: Self.vocabulary)
        let printed = program.statements.map(\.canonical).joined(separator: "\n")
        let again = Parser.parse(SourceText(printed), vocabulary: Self.vocabulary)
        #expect(again.outline == program.outline, "\(printed)")
    }

    @Test(arguments: ["(", "m.heads[2,", "for x in 0..<3 {", "print \"never", "if true {\n print 1", "f = [1,\n2"])
    func anOpenBracketOrTextIsIncomplete(_ script: String) {
        #expect(Parser.parse(SourceText(script), vocabulary: Self.vocabulary).status == .incomplete)
    }

    @Test(arguments: ["m.", "patch", "x = ", "m.heads[2, )", "f (]", "a b c", "1 +", "} else {"])
    func whatMoreTypingCannotMendIsNotIncomplete(_ script: String) {
        #expect(Parser.parse(SourceText(script), vocabulary: Self.vocabulary).status != .incomplete)
    }
}
