import Language

/// What `explain COMMAND` says: what the command would do with these arguments, without doing it.
enum Explanation {
    static func text(of call: Invocation) -> String {
        let signature = call.signature
        var lines = ["\(signature.name): \(signature.summary)", "  \(call.text)"]
        for (parameter, argument) in zip(signature.parameters, call.arguments) {
            lines.append(line(parameter.name, argument, parameter.docs))
        }
        for label in call.labels { lines += self.lines(label, indent: "  ") }
        lines.append("  effect: " + effect(call))
        if !signature.result.isEmpty { lines.append("  result: " + signature.result) }
        return lines.joined(separator: "\n")
    }

    private static func lines(_ label: BoundLabel, indent: String) -> [String] {
        let values = label.arguments.map { $0.isEach ? "each " + $0.text : $0.text }.joined(separator: " ")
        let own = "\(indent)\(label.name) \(values)" + (label.label.docs.isEmpty ? "" : " – \(label.label.docs)")
        return [own] + label.labels.flatMap { lines($0, indent: indent + "  ") }
    }

    private static func line(_ name: String, _ argument: BoundArgument, _ docs: String) -> String {
        return "  \(name): \(argument.text), \(argument.value.kindName)" + (docs.isEmpty ? "" : " – \(docs)")
    }

    private static func effect(_ call: Invocation) -> String {
        switch call.signature.effect {
        case .pure: "computes, changes nothing"
        case .edit:
            call.isStatement && call.root != nil
                ? "edits \(call.root?.name ?? "") unless it only measures" : "gives an edited copy"
        case .writesFile: "writes a file"
        case .session: "changes the session"
        }
    }
}
