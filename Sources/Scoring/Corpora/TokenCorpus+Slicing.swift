extension TokenCorpus {
    /// The items of a half-open range with a step, as NumPy slices: negative bounds count from the end, bounds outside
    /// are cut, a negative step goes backwards.
    /// - Throws: `ScoringError` for a step of 0 or an empty result.
    public func sliced(from start: Int? = nil, to end: Int? = nil, by step: Int = 1) throws(ScoringError) -> TokenCorpus
    {
        guard step != 0 else {
            throw ScoringError(
                code: "corpus.step", subject: name, message: "a slice cannot have a step of 0",
                remedy: "use a step of 1 or more, or a negative one to go backwards")
        }
        let (lowest, highest) = step > 0 ? (0, items.count) : (-1, items.count - 1)
        func bound(_ value: Int) -> Int { min(max(value < 0 ? value + items.count : value, lowest), highest) }
        let first = start.map(bound) ?? (step > 0 ? lowest : highest)
        let last = end.map(bound) ?? (step > 0 ? highest : lowest)
        return try filled(stride(from: first, to: last, by: step).map { items[$0] }, "the slice")
    }

    /// One item as a corpus; a negative index counts from the end.
    /// - Throws: `ScoringError` if there is none.
    public func item(_ index: Int) throws(ScoringError) -> TokenCorpus {
        let place = index < 0 ? index + items.count : index
        guard items.indices.contains(place) else {
            throw ScoringError(
                code: "corpus.index", subject: name, message: "there is no item \(index)",
                remedy: items.isEmpty ? nil : "items are 0…\(items.count - 1)")
        }
        return with([items[place]])
    }

    /// The items of one family.
    /// - Throws: `ScoringError` naming the families there are.
    public func family(_ family: String) throws(ScoringError) -> TokenCorpus {
        let chosen = items.filter { $0.family == family }
        guard !chosen.isEmpty else {
            throw ScoringError(
                code: "corpus.family", subject: name, message: "no item is of the family \"\(family)\"",
                remedy: families.isEmpty ? "its items name no family" : "families: \(families.joined(separator: ", "))")
        }
        return with(chosen)
    }

    private func filled(_ items: [TokenItem], _ what: String) throws(ScoringError) -> TokenCorpus {
        guard !items.isEmpty else {
            throw ScoringError(
                code: "corpus.empty", subject: name, message: "\(what) holds no item",
                remedy: "the corpus has \(self.items.count) items")
        }
        return with(items)
    }
}
