import Language

/// A record as read: the script, and what its comment lines say that each statement gave.
struct Record {
    /// One statement with what was recorded of it.
    struct Step {
        /// Where the statement begins in the text.
        let start: Int
        /// The step's number and the statement's digest; nil where the statement has none.
        let proof: (number: Int, digest: String)?
        let evidence: [Evidence]
    }

    let steps: [Step]
    /// How many steps the last line promises; nil where the record breaks off before it.
    let promised: Int?

    /// Reads the comment lines behind each statement.
    init(_ program: Program) {
        let source = program.source
        var promised: Int?
        let starts = program.statements.dropFirst().map(\.span.start) + [source.bytes.count]
        steps = zip(program.statements, starts).map { statement, next in
            let between = source.text(of: Span(statement.span.end, next))
            let lines = between.split(separator: "\n").filter { $0.hasPrefix("#= ") }.map { $0.dropFirst(3) }
            var (proof, evidence) = ((number: Int, digest: String)?.none, [Evidence]())
            for line in lines {
                if let count = Self.end(line) {
                    promised = count
                } else if line.hasPrefix("  "), let last = evidence.popLast() {
                    evidence.append(
                        Evidence(
                            owner: last.owner, digest: last.digest, parts: last.parts + [String(line.dropFirst(2))]))
                } else if let (owner, digest) = Self.head(line) {
                    if let number = Self.step(owner) {
                        proof = (number, digest)
                    } else {
                        evidence.append(Evidence(owner: owner, digest: digest))
                    }
                }
            }
            return Step(start: statement.span.start, proof: proof, evidence: evidence)
        }
        self.promised = promised
    }

    /// Whether anything was recorded at all.
    var isEmpty: Bool { steps.allSatisfy { $0.proof == nil && $0.evidence.isEmpty } }

    /// The digest of a statement's canonical spelling.
    static func digest(ofStatement text: String) -> String { ValueDigest.of(text.utf8) }

    private static func head(_ line: Substring) -> (owner: String, digest: String)? {
        guard let space = line.lastIndex(of: " ") else { return nil }
        let digest = line[line.index(after: space)...]
        guard digest.hasPrefix("sha256:") else { return nil }
        return (String(line[..<space]), String(digest.dropFirst(7)))
    }

    /// The number in `step 3:`.
    private static func step(_ owner: String) -> Int? {
        guard owner.hasPrefix("step "), owner.hasSuffix(":") else { return nil }
        return Int(owner.dropFirst(5).dropLast())
    }

    /// The number in `end: 3 steps`.
    private static func end(_ line: Substring) -> Int? {
        guard line.hasPrefix("end: "), line.hasSuffix(" steps") else { return nil }
        return Int(line.dropFirst(5).dropLast(6))
    }
}
