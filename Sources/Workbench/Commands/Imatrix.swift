import Inference
import Language
import Scoring
import Storage

/// `imatrix MODEL over CORPUS`, `imatrix "FILE"`: how strongly each column of each weight matrix is used.
enum Imatrix: Command {
    static let signature = Signature(
        "imatrix", "measures or reads an importance matrix: how strongly weights are used",
        docs: """
            For every column of every matrix the sum of squares of what it is multiplied with, and over how many tokens, each \
            expert by itself: what llama-imatrix measures. `quantize … using` it weighs rounding errors; `score m.experts by \
            frequency from` it reads off how often experts fire. A text names a file of llama.cpp's, GGUF or the legacy .dat.

            `floor` makes sure that rare experts are measured: an expert that gets fewer tokens from the windows taken draws \
            further windows of the corpus in which it fires, first ones that were not taken (`windows` takes a drawn part), \
            then the same again; they count for that expert alone. For an expert that never fires, gate and up are weighed \
            by what the layer's router reads, and down is not.

            `into` writes a GGUF imatrix, which llama-quantize reads.
            """,
        category: Shelf.compression, effect: .writesFile,
        parameters: [Parameter("source", .any, "the model, or an importance file")],
        labels: [
            Label("over", Parameter("corpus"), docs: "what to run"),
            Label("context", Parameter("tokens", .integer), docs: "tokens a window has, instead of the corpus' own"),
            Label(
                "windows", Parameter("count", .integer), docs: "windows to take, drawn by the seed; all unless given"),
            Label("floor", Parameter("tokens", .integer), docs: "tokens that each expert shall get that fires at all"),
            Label("seed", Parameter("number", .integer), docs: "what draws are keyed by; 0 unless given"),
            Label("into", Parameter("file", .text), docs: "a GGUF imatrix to write"),
        ],
        result: "the importance, with a table of tokens per expert",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            calib = corpus "examples/models/heldout.txt" context 64
            i = imatrix m over calib windows 4 floor 8 into "calib.gguf"
            i.never-fired
            score m.experts by frequency from i
            imatrix "calib.gguf"
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let source = try call.required("source")
        if case .text(let path) = source.value { return try read(path, call, session) }
        let model = try call.model("source")
        let corpus = try call.windows(for: model)
        let target = try call["into"].map { try session.resolved($0.asText()) }
        if let target { try TextFile.checkWritable(target) }
        let seed = try call["seed"]?.asInteger(in: 0...Int.max) ?? 0
        let windows = try call["windows"]?.asInteger(in: 1...Int.max)
        let floor = try call["floor"]?.asInteger(in: 0...Int.max) ?? 0
        guard call.prefix != .dryRun else {
            let passes =
                floor > 0 ? "a pass over all \(corpus.items.count) windows to see where experts fire, then " : ""
            return Outcome(.text("would run \(passes)\(min(windows ?? .max, corpus.items.count)) windows or more"))
        }
        let first = try model.windowStart()
        let sample = try CalibrationSample.draw(
            from: corpus, for: model.model, windows: windows, floor: floor, seed: UInt64(seed), engine: session.engine,
            firstToken: first, progress: session.progress("trace", corpus))
        let importance = try Importance.measure(
            model.model, over: corpus, sample: sample, engine: session.engine, firstToken: first,
            progress: session.progress("imatrix", corpus))
        let value = ImportanceValue(
            content: .measured(importance, owner: model, sample: sample), arithmetic: session.settings.arithmetic)
        if let target, let name = try call["into"]?.asText() {
            try value.file.write(to: target)
            session.output.notice("wrote \(name)")
        }
        return Outcome(.object(value))
    }

    private static func read(_ path: String, _ call: Invocation, _ session: Session) throws -> Outcome {
        if let label = call.labels.first {
            throw LanguageError(
                .unknownLabel, "a file that is there is read as it is",
                help: "Write imatrix \(path.debugDescription), or imatrix m over CORPUS.", span: label.span)
        }
        let file = try ImportanceFile.read(session.resolved(path))
        return Outcome(.object(ImportanceValue(content: .file(file, path: path))))
    }
}
