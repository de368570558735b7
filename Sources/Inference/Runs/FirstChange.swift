import Glibc

/// Finds where interventions first change anything in a run.
///
/// A replacement often brings, at the first positions, what the run has there anyway: two prompts that differ in one word
/// have the same values before it, and a causal model computes the same there. Such positions need not be computed again.
struct FirstChange {
    let base: Run
    /// The run's values at the sites asked about.
    private var rows: [Site: Rows] = [:]

    init(_ base: Run) { self.base = base }

    /// The first position whose value an intervention changes to other bits; past the end if there is none.
    /// - Throws: what computing the site's value throws.
    mutating func position(of intervention: Intervention) throws -> Int {
        let positions = intervention.positions ?? Array(base.tokens.indices)
        guard intervention.isCompared else { return positions.first ?? base.tokens.count }
        let values = try value(of: intervention.site)
        let scratch = Rows(1, width: values.width)
        let dimension = base.model.blueprint.headDimension
        for position in positions where base.tokens.indices.contains(position) {
            scratch.pointer.update(from: values[position], count: values.width)
            let isApplied = intervention.apply(
                to: scratch.pointer, width: values.width, at: position, headDimension: dimension)
            if isApplied, memcmp(scratch.pointer, values[position], values.width * 4) != 0 { return position }
        }
        return base.tokens.count
    }

    private mutating func value(of site: Site) throws -> Rows {
        if let known = rows[site] { return known }
        let value = try base.rows(of: site)
        rows[site] = value
        return value
    }
}

extension Intervention {
    /// Whether its replacement can be compared with a run's value: a row a position, whatever the router chooses.
    fileprivate var isCompared: Bool {
        guard case .replace = action, site.expert == nil else { return false }
        return ![.embed, .scores, .pattern].contains(site.kind)
    }

    /// Rows it would change at positions before one.
    func countBefore(_ first: Int) -> Int {
        guard isCompared else { return 0 }
        return (0..<first).count { hasValue(at: $0) }
    }
}
