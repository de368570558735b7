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
        guard let topic = try call.argument("topic")?.asText() else { return Outcome(.text(overview(signatures))) }
        if topic == "sites" { return Outcome(.object(sites)) }
        if let signature = signatures.last(where: { $0.name == topic }) {
            return Outcome(.text(page(signature, width: session.output.textOptions.width)))
        }
        if let text = LanguageHelp.topics[topic] { return Outcome(.text(text)) }
        let shelf = signatures.filter { $0.category.name == topic }
        if !shelf.isEmpty { return Outcome(.text(list(shelf))) }
        if let hint = FutureWords.all[topic] {
            return Outcome(.text("\(topic) comes with a later version. \(hint)"))
        }
        throw LanguageError(
            code: "help.unknown", "there is no command \"\(topic)\"", help: "help lists them all.", name: topic,
            candidates: signatures.map(\.name), span: call.argument("topic")?.span)
    }

    private static func overview(_ signatures: [Signature]) -> String {
        var shelves: [String] = []
        for signature in signatures where !shelves.contains(signature.category.name) {
            shelves.append(signature.category.name)
        }
        let parts = shelves.map { shelf in
            shelf + "\n" + list(signatures.filter { $0.category.name == shelf })
        }
        return parts.joined(separator: "\n\n")
            + "\n\nhelp VERB tells more · examples VERB shows scripts · help sites lists what can be patched"
            + "\nhelp language shows how scripts are written · time, explain and dry-run go before a command"
    }

    private static func list(_ signatures: [Signature]) -> String {
        let width = signatures.map(\.name.count).max() ?? 0
        return signatures.map { signature in
            "  " + signature.name + String(repeating: " ", count: width - signature.name.count + 2) + signature.summary
        }.joined(separator: "\n")
    }

    /// The page of one command.
    static func page(_ signature: Signature, width: Int = 100) -> String {
        var lines = ["\(signature.name): \(signature.summary)", "", "  " + signature.usage]
        let parameters = signature.parameters.filter { !$0.docs.isEmpty }.map { ($0.name, $0.docs) }
        let labels = signature.labels.flatMap { label in
            [(label.name, label.docs)] + label.labels.map { ("\(label.name) … \($0.name)", $0.docs) }
        }.filter { !$0.1.isEmpty }
        let entries = parameters + labels
        let column = entries.map(\.0.count).max() ?? 0
        if !entries.isEmpty { lines.append("") }
        lines += entries.map { "  " + $0.0 + String(repeating: " ", count: column - $0.0.count + 2) + $0.1 }
        if !signature.docs.isEmpty { lines += ["", LanguageHelp.wrapped(signature.docs, to: width)] }
        if !signature.result.isEmpty { lines += ["", "Gives \(signature.result)."] }
        if let example = signature.examples.first {
            lines += ["", "Example:"] + example.split(separator: "\n").map { "  " + $0 }
        }
        return lines.joined(separator: "\n")
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
