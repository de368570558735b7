/// Every criterion, in display order. A new one is a file in this folder and a line here.
public enum Criteria {
    public static let all: [Criterion] = [.frequency, .gateMass, .routerNorm, .ean, .reap, .ablation]

    /// The criterion of that name, such as `reap`.
    /// - Throws: `ScoringError` listing the criteria there are.
    public static func named(_ name: String) throws(ScoringError) -> Criterion {
        guard let criterion = all.first(where: { $0.name == name }) else {
            throw ScoringError(
                code: "criterion.unknown", subject: name, message: "there is no such criterion",
                remedy: "criteria: \(all.map(\.name).joined(separator: ", "))")
        }
        return criterion
    }
}
