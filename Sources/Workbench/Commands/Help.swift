import Inference
import Language
import Plots

/// `help [VERB]`: what there is, and how a command is written.
enum Help: Command {
    static let signature = Signature(
        "help", "lists the commands, or tells about one, about a shelf, `sites` or `language`", category: Shelf.session,
        parameters: [Parameter("topic", .name, "a command, a shelf, sites, or language", optional: true)],
        examples: ["help\nhelp run\nhelp sites"])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let all = session.interpreter.vocabulary.signatures
        let signatures = all.filter { $0.category != .functions } + all.filter { $0.category == .functions }
        let width = session.output.textOptions.width
        guard let topic = try call.argument("topic")?.asText() else {
            return Outcome(.text(overview(signatures, width: width)))
        }
        if topic == "sites" { return Outcome(.object(sites)) }
        if let signature = signatures.last(where: { $0.name == topic }) {
            return Outcome(.text(page(signature, width: width)))
        }
        if let text = LanguageHelp.topics[topic] { return Outcome(.text(text)) }
        let shelf = signatures.filter { $0.category.name == topic }
        if !shelf.isEmpty { return Outcome(.text(list(shelf, width: width))) }
        if let hint = FutureWords.all[topic] {
            return Outcome(.text("\(topic) comes with a later version. \(hint)"))
        }
        throw LanguageError(
            code: "help.unknown", "there is no command \"\(topic)\"", help: "help lists them all.", name: topic,
            candidates: signatures.map(\.name), span: call.argument("topic")?.span)
    }

    private static func overview(_ signatures: [Signature], width: Int) -> String {
        var shelves: [String] = []
        for signature in signatures where !shelves.contains(signature.category.name) {
            shelves.append(signature.category.name)
        }
        let parts = shelves.map { shelf in
            shelf + "\n" + list(signatures.filter { $0.category.name == shelf }, width: width)
        }
        return parts.joined(separator: "\n\n")
            + "\n\nhelp VERB tells more · examples VERB shows scripts · help sites lists what can be patched"
            + "\nhelp language shows how scripts are written · time, explain and dry-run go before a command"
    }

    private static func list(_ signatures: [Signature], width: Int) -> String {
        let column = (signatures.map(\.name.count).max() ?? 0) + 4
        return signatures.flatMap { hanging($0.summary, behind: $0.name, column: column, width: width) }
            .joined(separator: "\n")
    }

    /// The page of one command.
    static func page(_ signature: Signature, width: Int = 100) -> String {
        var lines = ["\(signature.name): \(signature.summary)", ""]
        lines += hanging(signature.usage, behind: "", column: 2, width: width)
        let parameters = signature.parameters.filter { !$0.docs.isEmpty }.map { ($0.name, $0.docs) }
        let labels = signature.labels.flatMap { label in
            [(label.name, label.docs)] + label.labels.map { ("\(label.name) … \($0.name)", $0.docs) }
        }.filter { !$0.1.isEmpty }
        let entries = parameters + labels
        let column = entries.map(\.0.count).max() ?? 0
        if !entries.isEmpty { lines.append("") }
        lines += entries.flatMap { hanging($0.1, behind: $0.0, column: column + 4, width: width) }
        if !signature.docs.isEmpty { lines += ["", LanguageHelp.wrapped(signature.docs, to: width)] }
        if !signature.result.isEmpty { lines += ["", "Gives \(signature.result)."] }
        if let example = signature.examples.first {
            lines += ["", "Example:"] + example.split(separator: "\n").map { "  " + $0 }
        }
        return lines.joined(separator: "\n")
    }

    /// A name and what is said of it, whose further lines stand below the first word.
    private static func hanging(_ text: String, behind name: String, column: Int, width: Int) -> [String] {
        let indent = String(repeating: " ", count: column)
        return LanguageHelp.wrapped(text, to: width - column).split(separator: "\n").enumerated().map { number, line in
            (number == 0 ? "  " + name + indent.dropFirst(name.count + 2) : indent) + line
        }
    }

    private static var sites: TableValue {
        TableValue(
            typeName: "sites",
            rows: ValueTable(
                columns: ["site", "member", "axes", "patchable", "meaning"],
                rows: Sites.all.map { row in
                    [
                        .text(row.name), .text(row.member), .text(row.axes.joined(separator: ", ")),
                        .text(row.isPatchable ? "yes" : "no"), .text(row.meaning),
                    ]
                }))
    }
}

/// `examples VERB`: scripts that run as they stand.
enum Examples: Command {
    static let signature = Signature(
        "examples", "shows scripts with a command that run as they stand", category: Shelf.session,
        parameters: [Parameter("topic", .name, "a command")], examples: ["examples run"])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let topic = try call.required("topic").asText()
        let signatures = session.interpreter.vocabulary.signatures
        guard let signature = signatures.last(where: { $0.name == topic }) else {
            throw LanguageError(
                code: "help.unknown", "there is no command \"\(topic)\"", help: "help lists them all.", name: topic,
                candidates: signatures.map(\.name), span: call.argument("topic")?.span)
        }
        let text = signature.examples.joined(separator: "\n\n")
        return Outcome(.text(text.isEmpty ? "\(topic) has no example" : text))
    }
}
