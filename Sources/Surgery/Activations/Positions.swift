/// Positions as interventions take them: each once, ascending, and inside the sequence.
enum Positions {
    /// - Throws: `SurgeryError` for a position outside; nil passes through and means all.
    static func checked(_ positions: [Int]?, count: Int) throws(SurgeryError) -> [Int]? {
        guard let positions else { return nil }
        let absolute = positions.map { $0 < 0 ? $0 + count : $0 }
        if let bad = absolute.firstIndex(where: { !(0..<count).contains($0) }) {
            throw SurgeryError(
                code: "edit.position", subject: "position \(positions[bad])",
                message: "the sequence has \(count) tokens", remedy: "positions are 0…\(count - 1)")
        }
        return Set(absolute).sorted()
    }
}
