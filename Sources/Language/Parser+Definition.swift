extension Parser {
    /// The words that introduce a labelled argument in a `def`; every other name there is a positional argument.
    static let prepositions: Set<String> = [
        "as", "at", "between", "by", "drop", "from", "given", "in", "into", "keep", "measure", "on", "over", "per",
        "to",
        "under", "until", "using", "with", "within", "without",
    ]

    /// `def NAME argument … label argument … { … }`. Each label takes the names up to the next one, and is required.
    mutating func definition() throws(Diagnostic) -> Statement.Kind {
        advance()
        let word = try name("a command")
        guard depth == 1 else { throw problem(.unexpected, "def stands outside blocks", at: word.span) }
        if vocabulary[word.name]?.category != .defined, vocabulary[word.name] != nil {
            throw problem(.reserved, "\"\(word.name)\" is a command already", at: word.span)
        }
        var parameters: [Parameter] = []
        var labels: [(word: Word, parameters: [Parameter])] = []
        var seen: Set<String> = []
        while let text = current.word {
            if !seen.insert(text).inserted {
                throw problem(.repeatedLabel, "\"\(text)\" stands here twice", at: current.span)
            }
            if Parser.prepositions.contains(text) {
                labels.append((Word(name: text, span: current.span), []))
                advance()
            } else {
                let parameter = Parameter(try name("an argument").name)
                if labels.isEmpty {
                    parameters.append(parameter)
                } else {
                    labels[labels.count - 1].parameters.append(parameter)
                }
            }
        }
        if let bare = labels.first(where: { $0.parameters.isEmpty }) {
            throw problem(
                .missingArgument, "the label \"\(bare.word.name)\" needs the name of an argument after it",
                at: bare.word.span)
        }
        let signature = Signature(
            word.name, "defined here", category: .defined, parameters: parameters,
            labels: labels.map { Label($0.word.name, parameters: $0.parameters, required: true) })
        let outer = defined[word.name]
        defined[word.name] = signature
        do throws(Diagnostic) {
            let body = try block()
            return .definition(Definition(word: word, signature: signature, body: body, source: source))
        } catch {
            defined[word.name] = outer
            throw error
        }
    }
}
