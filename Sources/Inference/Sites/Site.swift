/// One place in the forward pass: a kind, its layer and its expert where it has them.
public struct Site: Hashable, Sendable {
    public let kind: SiteKind
    public let layer: Int?
    public let expert: Int?

    public init(_ kind: SiteKind, layer: Int? = nil, expert: Int? = nil) {
        self.kind = kind
        self.layer = layer
        self.expert = expert
    }

    /// The site a TransformerLens name means, or nil.
    ///
    /// `blocks.2.attn.hook_z` → z of layer 2. Short forms are not taken here.
    public init?(named name: String) {
        for row in Sites.all {
            if let numbers = Self.match(name, row.name) {
                let isLayered = row.name.contains("{l}")
                self.init(row.kind, layer: isLayered ? numbers[0] : nil, expert: numbers.count > 1 ? numbers[1] : nil)
                return
            }
        }
        return nil
    }

    /// The TransformerLens name, such as `blocks.2.attn.hook_z`.
    public var name: String {
        Sites.row(of: kind).name.split(separator: ".").map { part in
            part == "{l}" ? String(layer ?? 0) : part == "{e}" ? String(expert ?? 0) : String(part)
        }.joined(separator: ".")
    }

    /// Its row of the site table.
    public var row: SiteRow { Sites.row(of: kind) }

    private static func match(_ name: String, _ template: String) -> [Int]? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let pattern = template.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == pattern.count else { return nil }
        var numbers: [Int] = []
        for (part, wanted) in zip(parts, pattern) {
            if wanted.hasPrefix("{") {
                guard let number = Int(part), number >= 0, String(number) == part else { return nil }
                numbers.append(number)
            } else if part != wanted {
                return nil
            }
        }
        return numbers
    }
}
