extension Pass {
    /// Drops the rows of the last layer that nobody asked for; keys and values cover all rows and are there by now.
    ///
    /// Rows that an expert's change acts on stay, since only the experts' work tells whether it comes to bear. The other
    /// changes of dropped rows are counted as if they had been made.
    /// - Returns: the rows that stay, by their old numbers; nil if all do.
    func narrow(in layer: Int) -> [Int]? {
        guard layer + 1 == layers.upperBound, capture.sites.isEmpty, !capture.residuals, capture.observer == nil,
            capture.inputs == nil
        else {
            return nil
        }
        var isKept = rowLanes.indices.map { row in
            lanes[rowLanes[row]].wanted.map { $0.contains(rowPositions[row]) } ?? true
        }
        guard isKept.contains(false) else { return nil }
        let late = changes.filter { $0.key.layer == layer && !Self.early.contains($0.key.kind) }
        for change in late.filter({ $0.key.expert != nil }).values.joined() {
            for row in laneRows[change.lane] where change.intervention.acts(at: rowPositions[row]) {
                isKept[row] = true
            }
        }
        for change in late.filter({ $0.key.expert == nil }).values.joined() where change.number != nil {
            let dropped = laneRows[change.lane].filter { !isKept[$0] }
            count(change, dropped.reduce(0) { $0 + touches(change, at: rowPositions[$1]) })
        }
        let rows = isKept.indices.filter { isKept[$0] }
        keep(rows: rows)
        return rows
    }

    /// Sites that are past when rows are dropped.
    private static let early: Set<SiteKind> = [.residPre, .key, .value, .rotatedKey]

    /// How many rows of its site a change acts on at a position: one, or of a table one a head.
    private func touches(_ change: Change, at position: Int) -> Int {
        let isTable = [.scores, .pattern].contains(change.intervention.site.kind)
        if !isTable { return change.intervention.hasValue(at: position) ? 1 : 0 }
        return change.intervention.acts(at: position) ? change.intervention.heads(of: blueprint.headCount).count : 0
    }
}
