import Inference
import Language
import Scoring
import Surgery

/// `patch SELECTION from RUN into RUN`: activations of one run put into another.
enum PatchCommand: Command {
    static let signature = Signature(
        "patch", "puts activations of one run into another, and tells what that restores",
        docs: """
            A head means its z; name `.q`, `.k`, `.v` or `.pattern` for another of its sites (k and v belong to a group of \
            heads). An expert means its output, a router its logits, a layer the residual stream leaving it. A row that the \
            source has no value for stays: an expert that it did not choose there.

            With `measure` the value is normalised: 0 as the run patched into, 1 as the one patched from; `.raw` holds the \
            metric itself. Over runs of a corpus it is the mean over items. `each` sweeps, and computes again only what \
            each patch changes.
            """,
        category: Shelf.experiments,
        parameters: [Parameter("selection", .any, "heads, experts, routers, layers or sites of them", each: .before)],
        labels: [
            PositionChoice.label, Label("from", Parameter("run"), docs: "the run that lends", required: true),
            Label("into", Parameter("run"), docs: "the run that is changed", required: true),
            .measure(Label("raw", docs: "the metric itself, not its share of the gap")),
        ],
        result: "the patched run; with measure the share of the gap restored, 0 as `into` and 1 as `from`",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            corrupt = run m "When Mary and John went to the store, Mary gave a drink to"
            ld = logit-diff " Mary" " John"
            patch m.heads[3, 7] from clean into corrupt measure ld
            patch each m.heads from clean into corrupt measure ld
            patch each m.layers.resid-pre at each from clean into corrupt measure ld
            top (patch m.heads[3, 7] from clean into corrupt) 3
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let patching = try Patching(call)
        guard let label = call.label("measure") else { return Outcome(.object(try patched(patching, session))) }
        let metric = try label.metric()
        let isRaw = label.label("raw") != nil
        let (from, into) = (patching.from, patching.into)
        let result = try Sweep.patch(
            try patching.grid(), try patching.patches(), items: into.items,
            measure: { try metric.metric(for: into.owner, run: $0, of: into.runs.count) },
            engine: session.engine.under(into.arithmetic), progress: session.progress("patch", into))
        if !isRaw, let source = result.source { try check(source, result.base, metric) }
        let report = SweepReport(
            result: result, metric: metric, selection: patching.selection, isEach: patching.isEach, runs: into,
            arithmetic: into.arithmetic)
        guard patching.isSweep else {
            try report.checkEffect(patching.selectionArgument.span)
            return Outcome(.object(report.patchedNumber(patching.names, isRaw: isRaw, of: from)))
        }
        return Outcome(.object(report.patchedArray(patching.names, isRaw: isRaw)))
    }

    static func forecast(_ call: Invocation, in session: Session) throws -> [String] {
        let patching = try Patching(call)
        guard let metric = try call.label("measure")?.metric() else { return [] }
        let lengths = patching.into.runs.map(\.tokens.count)
        return [
            SweepForecast(grid: try patching.grid(), lengths: lengths, owner: patching.selection.owner).line(metric)
        ]
    }

    /// - Throws: `LanguageError` where the two runs hardly differ in the metric.
    private static func check(_ source: Double, _ base: Double, _ metric: MetricValue) throws(LanguageError) {
        do { _ = try Normalization(clean: source, corrupt: base, metric: metric.label) } catch {
            throw LanguageError(
                code: error.code, "\(error.subject): \(error.message)",
                help: "Use prompts whose answers differ, or `measure … raw` for the metric itself.")
        }
    }

    private static func patched(_ patching: Patching, _ session: Session) throws -> RunValue {
        guard !patching.isSweep else {
            throw LanguageError(
                .missingArgument, "`each` makes a patch after another, and needs `measure`",
                help: "patch each … from … into … measure ld")
        }
        let targets = try patching.selection.targets(for: .patch)
        let progress = session.progress("patch", patching.into)
        let runs = try patching.patches().enumerated().map { number, patch in
            progress(number)
            return try patch.run(targets, at: patching.positions.positions, engine: session.engine)
        }
        let into = patching.into
        return RunValue(
            into.owner, runs: runs, items: into.items,
            title: "\(into.title) with \(patching.selectionArgument.text) from \(patching.from.title)")
    }
}

/// A patch command's arguments, checked against each other.
private struct Patching {
    let selection: Selection
    let selectionArgument: BoundArgument
    let isEach: Bool
    let positions: PositionChoice
    let from: RunValue
    let into: RunValue
    let names: SweepReport.Ends

    var isSweep: Bool { isEach || positions.isEach }

    init(_ call: Invocation) throws {
        selectionArgument = try call.required("selection")
        selection = try selectionArgument.asObject(Selection.self, "selection of a model's parts")
        isEach = selectionArgument.isEach
        positions = try PositionChoice(call)
        guard let from = call["from"], let into = call["into"] else {
            throw LanguageError(
                .missingArgument, "`patch` needs `from` and `into`", help: "usage: \(call.signature.usage)")
        }
        self.from = try from.asObject(RunValue.self, "run")
        self.into = try into.asObject(RunValue.self, "run")
        try self.from.check(isOf: selection.owner, from)
        try self.into.check(isOf: selection.owner, into)
        guard self.from.runs.count == self.into.runs.count else {
            throw LanguageError(
                code: "patch.counts",
                "\(from.text) holds \(self.from.runs.count) runs and \(into.text) \(self.into.runs.count)",
                help: "Run the same items, one time clean and one time `corrupt`.", span: from.span.joined(into.span))
        }
        guard self.from.items == self.into.items else {
            throw LanguageError(
                code: "patch.items", "the runs of \(from.text) and \(into.text) are of different items",
                help: "Run the same slice of the corpus, one time clean and one time `corrupt`.",
                span: from.span.joined(into.span))
        }
        names = SweepReport.Ends(from: from.text, into: into.text)
    }

    func patches() throws -> [Patch] {
        try zip(from.runs, into.runs).map { source, target in
            try Patch(from: source, into: target, names: (from.owner.versionTitle, into.owner.versionTitle))
        }
    }

    func grid() throws -> SweepGrid {
        try positions.applied(to: selection.grid(for: .patch, isEach: isEach), lengths: into.runs.map(\.tokens.count))
    }
}
