import Language

/// `corpus "FILE"`: texts to measure on.
enum Corpus: Command {
    static let signature = Signature(
        "corpus", "reads a text or JSON lines to measure on",
        docs: """
            A text is cut into windows of `context` tokens (512) that do not overlap; a file named .jsonl holds an item a \
            line: `prompt`, and where there are any `answer`, `wrong`, `corrupt`, `family`, `variant` and `accept` (first \
            tokens that count as right beside the answer's).

            Several texts in a list are families of one corpus, named by their files; what all names begin with, up to a \
            hyphen, is left out: ["held-ioi.txt", "held-json.txt"] has the families ioi and json.

            `as chat` has the model's chat template put each prompt as a user's message, and the answer where the reply \
            begins, behind what a template writes before an answer without thoughts.

            A corpus is sliced as a list (`bench[0:40]`) and by family (`bench.family["ioi"]`).
            """,
        category: Shelf.compression,
        parameters: [Parameter("path", .any, "the file, or a list of texts")],
        labels: [
            Label("context", Parameter("tokens", .integer), docs: "tokens a window has"),
            Label("windows", Parameter("count", .integer), docs: "the most windows to take of each text"),
            Label(
                "as", Parameter("form", .choice(["chat"])),
                docs: "has each prompt put as a user's message, by the model's chat template"),
        ],
        result: "a corpus",
        examples: [
            "held = corpus \"examples/models/heldout.txt\"\nheld",
            "bench = corpus \"examples/models/errbench.jsonl\"\nbench.family[\"ioi\"][0:40]",
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let path = try call.required("path")
        let length = try call["context"]?.asInteger(in: 2...Int.max) ?? 512
        let limit = try call["windows"]?.asInteger(in: 1...Int.max)
        func corpus(_ name: String, _ content: CorpusValue.Content) -> Outcome {
            Outcome(
                .object(
                    CorpusValue(
                        name: name, content: content, windowLength: length, windowLimit: limit,
                        isChat: call.has("as"))))
        }
        if let form = call.label("as"), !((try? path.asText())?.hasSuffix(".jsonl") ?? false) {
            throw LanguageError(
                code: "corpus.chat", "a running text is no chat", help: "as chat takes prompts: a file of JSON lines.",
                span: form.span)
        }
        if case .list(let values) = path.value {
            let texts = try texts(values, path, session)
            return corpus(texts.map(\.family).joined(separator: "+"), .texts(texts))
        }
        let file = try path.asText()
        let text = try TextFile.read(session.resolved(file))
        guard file.hasSuffix(".jsonl") || text.contains(where: { !$0.isWhitespace }) else {
            throw LanguageError(
                code: "corpus.empty", "\(file) holds no text", help: "Give a file with text to measure on.",
                span: path.span)
        }
        guard file.hasSuffix(".jsonl") else { return corpus(name(of: file), .text(text)) }
        guard !call.has("context"), limit == nil else {
            throw LanguageError(
                code: "corpus.items", "JSON lines are single items, which are not cut into windows",
                help: "Slice it instead: bench[0:40].", span: path.span)
        }
        let (items, unknown) = try CorpusItem.read(text, name: file)
        if !unknown.isEmpty { session.warn("\(file): nothing is made of \(unknown.joined(separator: ", "))") }
        return corpus(name(of: file), .items(items))
    }

    private static func texts(_ values: [Value], _ path: BoundArgument, _ session: Session) throws -> [CorpusText] {
        var files: [String] = []
        for value in values {
            guard case .text(let file) = value, !file.hasSuffix(".jsonl") else {
                throw LanguageError(
                    code: "corpus.list",
                    "a list holds the paths of plain texts, and this has \(value.literalDescription)",
                    help: "JSON lines name their families themselves: read them one file at a time.", span: path.span)
            }
            files.append(file)
        }
        let stems = files.map { stem(of: name(of: $0)) }
        guard !stems.isEmpty, Set(stems).count == stems.count else {
            throw LanguageError(
                code: "corpus.list", stems.isEmpty ? "the list is empty" : "two texts have the same name",
                help: "Families are named by their files: give each its own name.", span: path.span)
        }
        let shared = sharedPrefix(stems)
        return try zip(files, stems).map { file, stem in
            CorpusText(
                name: name(of: file), family: String(stem.dropFirst(shared)),
                text: try TextFile.read(session.resolved(file)))
        }
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func stem(of name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }

    /// How many characters all names share, up to and with a hyphen or underscore.
    private static func sharedPrefix(_ stems: [String]) -> Int {
        guard let first = stems.first, stems.count > 1 else { return 0 }
        let common = first.indices.first { index in
            let length = first.distance(from: first.startIndex, to: index) + 1
            return !stems.allSatisfy { $0.prefix(length) == first.prefix(length) }
        }
        let prefix = first[..<(common ?? first.endIndex)]
        guard let mark = prefix.lastIndex(where: { $0 == "-" || $0 == "_" }) else { return 0 }
        let length = prefix.distance(from: prefix.startIndex, to: mark) + 1
        return stems.contains { $0.count <= length } ? 0 : length
    }
}
