import Inference

/// What goes into the matrices of one layer, kept for as long as the layer is worked on.
///
/// Matrices that read the same rows share them: query with key and value, gate with up.
final class LayerInputs {
    private let wanted: Set<Role>
    private let times: (Role, _ sequence: Int) -> Int
    private var rows: [Role: [Float]] = [:]
    /// Under which role a role's rows are kept.
    private var keepers: [Role: Role] = [:]
    private var widths: [Role: Int] = [:]

    /// - Parameter times: How often a sequence's rows count for a matrix.
    init(wanted: Set<Role>, times: @escaping (Role, _ sequence: Int) -> Int) {
        self.wanted = wanted
        self.times = times
    }

    /// Takes rows in.
    func add(_ seen: InputObservation) {
        let first = seen.roles[0]
        let key = Role(.key, layer: first.layer)
        // Keys and values come before queries and read the same.
        if first.part == .query, rows[key] != nil {
            keepers[first] = key
            return
        }
        var readers = seen.roles
        if readers.contains(key) { readers.append(Role(.query, layer: first.layer)) }
        guard readers.contains(where: wanted.contains) else { return }
        for role in seen.roles { keepers[role] = first }
        widths[first] = seen.width
        for row in 0..<seen.rowCount {
            for _ in 0..<times(first, seen.sequences[row]) { rows[first, default: []] += seen[row] }
        }
    }

    /// Under which role the rows of a matrix are kept; those of one keeper are the same.
    func keeper(of role: Role) -> Role? { keepers[role] }

    /// How many rows a matrix saw.
    /// - Units: tokens.
    func count(of role: Role) -> Int {
        guard let keeper = keepers[role], let width = widths[keeper], let held = rows[keeper] else { return 0 }
        return held.count / width
    }

    /// The mean square of each column of what a matrix saw; nil where it saw nothing.
    /// - Shape: [column].
    func meanSquares(of role: Role) -> [Float]? {
        guard let keeper = keepers[role], let width = widths[keeper], let held = rows[keeper], !held.isEmpty else {
            return nil
        }
        var sums = [Double](repeating: 0, count: width)
        for start in stride(from: 0, to: held.count, by: width) {
            for column in 0..<width { sums[column] += Double(held[start + column]) * Double(held[start + column]) }
        }
        return sums.map { Float($0 * Double(width) / Double(held.count)) }
    }

    /// Lends the rows of a keeper.
    func withRows<Result>(of keeper: Role, _ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try (rows[keeper] ?? []).withUnsafeBufferPointer(body)
    }
}
