/// A verb or a label while its arguments are being collected.
private final class Frame {
    enum Slot {
        case expression(Expression)
        case each(Span)
        case metric(Frame)
    }

    let word: Word
    let signature: Signature?
    let label: Label?
    var arguments: [(isEach: Bool, slot: Slot)] = []
    var labels: [Frame] = []

    init(_ word: Word, signature: Signature) {
        (self.word, self.signature, label) = (word, signature, nil)
    }

    init(_ word: Word, label: Label) {
        (self.word, signature, self.label) = (word, nil, label)
    }

    var parameters: [Parameter] { signature?.parameters ?? label?.parameters ?? [] }
    var declared: [Label] { signature?.labels ?? label?.labels ?? [] }
    /// The bare word in the first place.
    var firstWord: String? {
        guard case .expression(let expression)? = arguments.first?.slot, case .word(let word) = expression.kind else {
            return nil
        }
        return word
    }
    var title: String { label == nil ? "`\(word.name)`" : "the label `\(word.name)`" }

    var end: Int {
        let last: [Int] = arguments.map { argument in
            switch argument.slot {
            case .expression(let expression): expression.span.end
            case .each(let span): span.end
            case .metric(let frame): frame.end
            }
        }
        return (last + labels.map(\.end)).max() ?? word.span.end
    }
}

extension Parser {
    /// The call that starts here, if a name followed by a space and an argument does.
    mutating func callIfAny() throws(Diagnostic) -> Call? {
        guard let word = current.word, ReservedWord(rawValue: word) == nil else { return nil }
        if let prefix = Call.Prefix(rawValue: word), let next = following.word, following.isSpaced,
            signature(named: next) != nil || signature(named: word) == nil, ReservedWord(rawValue: next) == nil
        {
            let start = current.span.start
            advance()
            return try call(prefix: prefix, start: start)
        }
        expectingArgumentsAfterVerb()
        guard startsArgument(at: position + 1) else { return nil }
        return try call(prefix: nil, start: current.span.start)
    }

    /// `patch ` with the cursor after the space: the arguments are still to come.
    private mutating func expectingArgumentsAfterVerb() {
        let isLast = following.kind == .newline && following.span.start == source.bytes.count
        guard let word = current.word, isLast, following.isSpaced, expectation == nil else { return }
        if let signature = signature(named: word) {
            expectation = .argument(
                signature, signature.parameters.first, labels: signature.labels.filter { $0.behind == nil })
        } else if Call.Prefix(rawValue: word) != nil {
            expectation = .statement
        }
    }

    /// Whether the token begins an argument: on the same line, after a space, and not an operator.
    private func startsArgument(at index: Int) -> Bool {
        guard index < tokens.count, tokens[index].isSpaced else { return false }
        switch tokens[index].kind {
        case .word(let word): return !ReservedWord.endsArgument(word)
        case .number, .text: return true
        case .symbol(.openParen), .symbol(.openBracket): return true
        case .symbol(.minus):
            guard index + 1 < tokens.count, case .number = tokens[index + 1].kind else { return false }
            return !tokens[index + 1].isSpaced
        default: return false
        }
    }

    private mutating func call(prefix: Call.Prefix?, start: Int) throws(Diagnostic) -> Call {
        let word = Word(name: current.word ?? "", span: current.span)
        guard let signature = signature(named: word.name) else { throw unknownCommand(word) }
        advance()
        let verb = Frame(word, signature: signature)
        var frames = [verb]
        try arguments(of: verb, frames: &frames)
        while let label = current.word, current.isSpaced, isBare,
            let owner = frames.last(where: { $0.declared.contains { $0.name == label } }),
            let declaration = owner.declared.first(where: { $0.name == label })
        {
            let use = Frame(Word(name: label, span: current.span), label: declaration)
            if !declaration.isRepeatable, let first = owner.labels.first(where: { $0.word.name == label }) {
                throw problem(
                    .repeatedLabel, "\(owner.title) takes `\(label)` once", at: use.word.span,
                    labels: [.init(first.word.span, "given here first")])
            }
            advance()
            owner.labels.append(use)
            frames.append(use)
            try arguments(of: use, frames: &frames)
        }
        expecting(.argument(signature, nil, labels: freeLabels(frames)))
        if startsArgument(at: position) { throw extraArgument(verb, frames: frames) }
        for frame in frames { try checkComplete(frame) }
        return try finished(verb, prefix: prefix, start: start)
    }

    /// Positional arguments of a verb or a label, as many as it takes and as follow.
    private mutating func arguments(of frame: Frame, frames: inout [Frame]) throws(Diagnostic) {
        let parameters = frame.parameters
        while let declared = frame.arguments.count < parameters.count
            ? parameters[frame.arguments.count] : parameters.last(where: \.isRest)
        {
            let owner = frames[0].signature
            let parameter = declared.narrowed(behind: frame.firstWord)
            if let owner { expecting(.argument(owner, parameter, labels: freeLabels(frames))) }
            guard startsArgument(at: position) else { return }
            let isWord = current.word.map { word in isBare && takesWord(word, parameter.shape) } ?? false
            if !isWord, let word = current.word, isBare, isLabel(word, frames, isDue: !parameter.isOptional) { return }
            try argument(parameter, of: frame, frames: &frames)
        }
    }

    /// Whether a word is a label here. Where an argument is due, a flag's name is the variable of that name: a flag cannot
    /// stand for the argument, and can follow it.
    private func isLabel(_ word: String, _ frames: [Frame], isDue: Bool) -> Bool {
        frames.contains { frame in
            frame.declared.contains { $0.name == word && !(isDue && $0.parameters.isEmpty) }
        }
    }

    /// Whether the current word stands alone: `mean`, not `mean.x` or `mean[3]`.
    private var isBare: Bool {
        following.isSpaced || !(following.isSymbol(.dot) || following.isSymbol(.openBracket))
    }

    private func takesWord(_ word: String, _ shape: Parameter.Shape) -> Bool {
        switch shape {
        case .choice(let words), .choiceOrAny(let words): words.contains(word)
        case .name: true
        default: false
        }
    }

    private mutating func argument(
        _ parameter: Parameter, of frame: Frame, frames: inout [Frame]
    ) throws(Diagnostic) {
        var each: Span?
        if current.word == ReservedWord.each.rawValue {
            guard parameter.each != .never else {
                throw problem(.unexpected, "\(frame.title) cannot sweep over `\(parameter.name)`", at: current.span)
            }
            each = current.span
            advance()
            if parameter.each == .alone {
                frame.arguments.append((true, .each(each ?? current.span)))
                return
            }
            if let owner = frames[0].signature { expecting(.argument(owner, parameter, labels: [])) }
            guard startsArgument(at: position) else { throw unexpected("expected what to sweep over after each") }
        }
        if let word = current.word, isBare {
            if takesWord(word, parameter.shape) {
                frame.arguments.append((each != nil, .expression(Expression(.word(word), current.span))))
                advance()
                return
            }
            if case .metric = parameter.shape, let metric = signature(named: word), metric.category == .metric {
                let inline = Frame(Word(name: word, span: current.span), signature: metric)
                advance()
                frame.arguments.append((each != nil, .metric(inline)))
                frames.append(inline)
                try enter()
                defer { depth -= 1 }
                return try arguments(of: inline, frames: &frames)
            }
        }
        frame.arguments.append((each != nil, .expression(try argumentExpression())))
    }

    private func freeLabels(_ frames: [Frame]) -> [Label] {
        frames.reversed().flatMap { frame in
            frame.declared.filter { label in
                label.behind.map { $0 == frame.firstWord } != false
                    && (label.isRepeatable || !frame.labels.contains { $0.word.name == label.name })
            }
        }
    }
}

extension Parser {
    private func checkComplete(_ frame: Frame) throws(Diagnostic) {
        let needed = frame.parameters.filter { !$0.isOptional }
        if frame.arguments.count < needed.count {
            throw problem(
                .missingArgument, "\(frame.title) needs `\(needed[frame.arguments.count].name)`", at: frame.word.span,
                help: frame.signature.map { "usage: \($0.usage)" } ?? frame.label.map { "usage: \($0.usage)" })
        }
        let given = frame.labels.map(\.word.name)
        if let missing = frame.declared.first(where: { $0.isRequired && !given.contains($0.name) }) {
            throw problem(
                .missingArgument, "\(frame.title) needs `\(missing.name)`", at: frame.word.span,
                help: frame.signature.map { "usage: \($0.usage)" })
        }
    }

    private func extraArgument(_ verb: Frame, frames: [Frame]) -> Diagnostic {
        let labels = freeLabels(frames).map(\.name)
        let list = labels.isEmpty ? nil : "`\(verb.word.name)` takes here: \(labels.joined(separator: ", "))."
        guard let word = current.word, isBare else {
            return problem(
                .unknownLabel, "\(verb.title) takes no further argument", at: current.span,
                help: list ?? "usage: \(verb.signature?.usage ?? "")")
        }
        if verb.labels.contains(where: { $0.word.name == word }) {
            return problem(.repeatedLabel, "\(verb.title) takes `\(word)` once", at: current.span)
        }
        if let advice = vocabulary.futureWords[word] { return future(Word(name: word, span: current.span), advice) }
        if let next = following.word, let advice = vocabulary.futureWords[next] {
            return future(Word(name: next, span: following.span), advice)
        }
        let help = [Spelling.suggestion(for: word, among: labels), list].compactMap(\.self)
        return problem(
            .unknownLabel, "\(verb.title) has no label \"\(word)\" here", at: current.span,
            help: help.isEmpty ? "usage: \(verb.signature?.usage ?? "")" : help.joined(separator: " "))
    }

    private func future(_ word: Word, _ advice: String) -> Diagnostic {
        problem(
            .future, "this version does not know `\(word.name)` yet", at: word.span, help: advice.isEmpty ? nil : advice
        )
    }

    private func unknownCommand(_ word: Word) -> Diagnostic {
        if let advice = vocabulary.futureWords[word.name] { return future(word, advice) }
        if let prefix = Call.Prefix(rawValue: word.name) {
            return problem(
                .unknownCommand, "`\(prefix.rawValue)` stands before a command", at: word.span,
                help: "\(prefix.rawValue) run m \"hello\"")
        }
        let verbs = vocabulary.signatures.map(\.name) + defined.keys.sorted()
        var help = Spelling.suggestion(for: word.name, among: verbs)
        if help == nil {
            switch following.kind {
            case .symbol(.minus): help = "to subtract, write `\(word.name) - 1`, with a space on both sides"
            case .symbol(.openBracket): help = "to index, write `\(word.name)[…]`, without the space"
            default: break
            }
        }
        return problem(.unknownCommand, "no command is called \"\(word.name)\"", at: word.span, help: help)
    }

    private func finished(_ frame: Frame, prefix: Call.Prefix?, start: Int, isInline: Bool = false) throws(Diagnostic)
        -> Call
    {
        guard let signature = frame.signature else { preconditionFailure("a label is not a call") }
        let call = Call(
            prefix: prefix, verb: frame.word, signature: signature, arguments: try arguments(frame),
            labels: try labels(frame), span: Span(start, frame.end), isInline: isInline)
        return call
    }

    private func arguments(_ frame: Frame) throws(Diagnostic) -> [Argument] {
        var result: [Argument] = []
        for (isEach, slot) in frame.arguments {
            switch slot {
            case .expression(let expression):
                result.append(Argument(isEach: isEach, expression: expression, span: expression.span))
            case .each(let span):
                result.append(Argument(isEach: true, expression: nil, span: span))
            case .metric(let inner):
                let call = try finished(inner, prefix: nil, start: inner.word.span.start, isInline: true)
                let expression = try node(.call(call), call.span)
                result.append(Argument(isEach: isEach, expression: expression, span: call.span))
            }
        }
        return result
    }

    private func labels(_ frame: Frame) throws(Diagnostic) -> [LabelUse] {
        var result: [LabelUse] = []
        for inner in frame.labels {
            guard let label = inner.label else { continue }
            result.append(
                LabelUse(label: label, word: inner.word, arguments: try arguments(inner), labels: try labels(inner)))
        }
        return result
    }
}
