import Plots

/// What could stand before the cursor.
public struct Completions: Equatable, Sendable {
    /// One proposal.
    public struct Candidate: Equatable, Sendable {
        /// What takes the place of the word.
        public var text: String
        /// What the list shows beside it: a type, a size.
        public var note: String

        /// Creates a proposal.
        public init(_ text: String, note: String = "") {
            self.text = text
            self.note = note
        }
    }

    /// How much before the cursor the proposals replace.
    ///
    /// - Units: UTF-8 bytes.
    public var replaced: Int
    /// The proposals, in the order in which they are listed.
    public var candidates: [Candidate]

    /// Creates proposals for the word before the cursor.
    public init(replacing replaced: Int, with candidates: [Candidate]) {
        self.replaced = replaced
        self.candidates = candidates
    }

    /// What Tab does: type what all proposals share, and list them where there is more than one.
    struct Step: Equatable {
        /// - Units: code points, which is what the editor deletes.
        var erased = 0
        var inserted = ""
        var listing: String?
    }

    func step(before: String, columns: Int) -> Step {
        guard let first = candidates.first else { return Step() }
        let word = String(decoding: before.utf8.suffix(max(0, replaced)), as: UTF8.self)
        let shared = candidates.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
        var step = Step()
        // Proposals that begin otherwise than the word replace it only where there is but one.
        if shared != word && (candidates.count == 1 || shared.hasPrefix(word)) {
            let kept = shared.hasPrefix(word)
            step.erased = kept ? 0 : word.unicodeScalars.count
            step.inserted = kept ? String(shared.dropFirst(word.count)) : shared
        }
        if candidates.count > 1 { step.listing = listing(columns: columns) }
        return step
    }

    private static let most = 120

    /// The proposals in columns that run down; with notes, one a line.
    private func listing(columns: Int) -> String {
        let shown = candidates.prefix(Self.most).map { TextColumns.printable($0.text) }
        let notes = candidates.prefix(Self.most).map { TextColumns.printable($0.note) }
        let width = min(columns, (shown.map { TextColumns.width(of: $0) }.max() ?? 0) + 2)
        var lines: [String]
        if notes.contains(where: { !$0.isEmpty }) && shown.count <= 20 {
            lines = zip(shown, notes).map { text, note in
                TextColumns.truncated(
                    note.isEmpty ? text : TextColumns.leading(text, width: width) + note, to: columns - 1)
            }
        } else {
            let across = max(1, (columns - 1) / max(width, 1))
            let down = (shown.count + across - 1) / across
            lines = (0..<down).map { row in
                let cells = stride(from: row, to: shown.count, by: down).map { index in
                    index + down < shown.count ? TextColumns.leading(shown[index], width: width) : shown[index]
                }
                return TextColumns.truncated(cells.joined(), to: columns - 1)
            }
        }
        if candidates.count > shown.count { lines.append("… and \(candidates.count - shown.count) more") }
        return lines.joined(separator: "\r\n")
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
