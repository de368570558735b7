import Language

/// Runs a record again and holds every digest against the recorded one.
public enum Replay {
    /// How a replay went.
    public struct Report {
        /// What failed beside the comparison; empty when the script ran to its end.
        public let diagnostics: [Diagnostic]
        /// The statement and value that differ first; nil when all are the same.
        public let difference: String?
        /// Digests compared.
        public let comparedCount: Int

        public var isIdentical: Bool { difference == nil && diagnostics.isEmpty }

        /// One line.
        public var text: String {
            if let difference { return "differs: " + difference }
            return diagnostics.isEmpty ? "identical: \(comparedCount) digests" : "the record did not run to its end"
        }
    }

    /// Runs the record in a fresh session.
    /// - Throws: `LanguageError` for a script without digests.
    public static func run(_ source: SourceText, in session: Session) throws -> Report {
        let program = Parser.parse(source, vocabulary: session.interpreter.vocabulary)
        guard program.diagnostics.isEmpty else {
            return Report(diagnostics: program.diagnostics, difference: nil, comparedCount: 0)
        }
        let recorded = recordedLines(program, source)
        guard recorded.contains(where: { !$0.isEmpty }) else {
            throw LanguageError(
                code: "record.none", "\(source.name) holds no digests",
                help: "Record a run with lancet run SCRIPT --record FILE.")
        }
        var (step, compared) = (0, 0)
        var difference: String?
        let listener = StatementListener(session: session)
        listener.heard = { record in
            defer { step += 1 }
            guard difference == nil, step < recorded.count else { return }
            compared += recorded[step].filter { !$0.hasPrefix(" ") }.count
            if let place = Comparison.difference(recorded[step], record.lines) {
                difference = "step \(step + 1), \(record.statement): \(place)"
                session.stop()
            }
        }
        session.witnesses.append(listener)
        session.isMuted = true
        defer { session.isMuted = false }
        let failure = session.interpreter.run(program)
        let diagnostics = difference == nil ? failure.map { [$0] } ?? [] : []
        return Report(diagnostics: diagnostics, difference: difference, comparedCount: compared)
    }

    /// The lines behind `#=` that follow each statement.
    private static func recordedLines(_ program: Program, _ source: SourceText) -> [[String]] {
        let starts = program.statements.map(\.span.start) + [source.bytes.count]
        return program.statements.indices.map { index in
            let between = Span(program.statements[index].span.end, starts[index + 1])
            return source.text(of: between).split(separator: "\n").filter { $0.hasPrefix("#= ") }.map {
                String($0.dropFirst(3))
            }
        }
    }
}

/// Where two statements' evidence differs.
private enum Comparison {
    static func difference(_ recorded: [String], _ found: [String]) -> String? {
        if recorded == found { return nil }
        var owner = ""
        for index in 0..<min(recorded.count, found.count) {
            let (old, new) = (recorded[index], found[index])
            if !old.hasPrefix(" ") { owner = old.split(separator: " ").first.map(String.init) ?? "" }
            if old == new { continue }
            // The digest of the whole differs whenever a part does: a part says more, if there is one.
            let rest = zip(recorded[index...], found[index...]).filter { $0.0.hasPrefix(" ") && $0.0 != $0.1 }
            let detail = rest.lazy.compactMap { part($0.0, $0.1) }.first
            return "\(owner): " + (detail ?? "recorded \(old), now \(new)")
        }
        return "\(recorded.count) lines of digests were recorded, now there are \(found.count)"
    }

    /// The tensor, slab, row or element that differs.
    private static func part(_ oldLine: String, _ newLine: String) -> String? {
        let (old, new) = (oldLine.split(separator: " "), newLine.split(separator: " "))
        guard let name = old.first, name == new.first, old.count == new.count else { return nil }
        guard let place = old.indices.first(where: { old[$0] != new[$0] }) else { return nil }
        switch name {
        case "bits": return "element \(place - 1): recorded \(number(old[place])), now \(number(new[place]))"
        case "rows": return "row \(place - 1)"
        default: return "tensor \(name)" + (old.count > 2 ? ", expert \(place - 1)" : "")
        }
    }

    /// A float's or a double's bits as the number they are.
    private static func number(_ bits: Substring) -> String {
        if bits.count <= 8, let pattern = UInt32(bits, radix: 16) { return "\(Float(bitPattern: pattern))" }
        return UInt64(bits, radix: 16).map { "\(Double(bitPattern: $0))" } ?? String(bits)
    }
}
