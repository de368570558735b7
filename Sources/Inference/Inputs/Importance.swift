/// How strongly each column of each weight matrix is used: sums of squares of the inputs over a corpus.
///
/// Importance matrices as llama.cpp has them: rounding errors of a weight count as much as the mean square of what it is
/// multiplied with.
public struct Importance: Sendable, Hashable {
    /// What one matrix saw.
    public struct Entry: Sendable, Hashable {
        /// Σ x² over the rows seen.
        /// - Shape: [column].
        public var sums: [Float]
        /// Rows seen.
        /// - Units: tokens.
        public var count: Int

        public init(sums: [Float], count: Int) {
            self.sums = sums
            self.count = count
        }
    }

    /// By the roles of weight matrices; experts each by their own.
    public var entries: [Role: Entry]
    /// What it was measured over.
    public var corpora: [String]
    public var chunkCount: Int
    /// - Units: tokens.
    public var chunkLength: Int

    public init(entries: [Role: Entry], corpora: [String] = [], chunkCount: Int = 0, chunkLength: Int = 0) {
        self.entries = entries
        self.corpora = corpora
        self.chunkCount = chunkCount
        self.chunkLength = chunkLength
    }

    /// The mean square of what each column of a matrix is multiplied with; nil where nothing was seen.
    ///
    /// Gate and up of an expert that no token chose would have read what the layer's router read, so its inputs stand in;
    /// what such an expert's down projection would have read nobody knows.
    /// - Shape: [column].
    public func weights(of role: Role) -> [Float]? {
        if let entry = entries[role], entry.count > 0 {
            let count = Float(entry.count)
            return entry.sums.map { $0 / count }
        }
        guard role.expert != nil, role.part == .gate || role.part == .up else { return nil }
        return weights(of: Role(.router, layer: role.layer))
    }

    /// Whether counts are of tokens; a legacy file counts chunks, the same for all experts.
    public var countsTokens: Bool { chunkLength > 0 }

    /// Tokens of all chunks together; a file may claim more than there can be.
    public var tokenCount: Int {
        let (product, isTooLarge) = chunkCount.multipliedReportingOverflow(by: chunkLength)
        return isTooLarge ? .max : product
    }
}
