import Inference

/// What an edit of activations touches: a site, or some heads, channels or experts of it.
public struct Target: Sendable, Hashable {
    public let site: Site
    public let part: Intervention.Part
    /// What tables call it, such as `L2H5`, `L1E3` or `L0.resid-pre`.
    public let label: String
    /// What else it touches: the heads that share a key or value.
    public let note: String?

    /// Any patchable site as a whole.
    /// - Throws: `SurgeryError` if the model lacks it or it cannot be changed.
    public init(_ site: Site, of blueprint: Blueprint) throws(SurgeryError) {
        var label = site.row.member
        if let layer = site.layer { label = "L\(layer)" + (site.expert.map { "E\($0)" } ?? "") + "." + label }
        try self.init(site, .whole, label, of: blueprint)
    }

    private init(
        _ site: Site, _ part: Intervention.Part, _ label: String, note: String? = nil, of blueprint: Blueprint
    ) throws(SurgeryError) {
        do { try blueprint.check(site) } catch { throw SurgeryError(error) }
        guard site.row.isPatchable else {
            let others = Sites.all.filter(\.isPatchable).map(\.member).joined(separator: ", ")
            throw SurgeryError(
                code: "site.fixed", subject: site.name, message: "\(site.row.meaning) can be looked at but not changed",
                remedy: "change one of \(others)")
        }
        self.site = site
        self.part = part
        self.label = label
        self.note = note
    }

    /// One head's part of a site: z, q, k, v, rot-q, rot-k, scores or pattern.
    ///
    /// Keys and values belong to a group of heads; the note says which.
    public static func head(
        _ head: Int, layer: Int, _ kind: SiteKind = .z, of blueprint: Blueprint
    ) throws(SurgeryError) -> Target {
        let site = Site(kind, layer: layer)
        guard headKinds.contains(kind) || groupKinds.contains(kind) else {
            throw SurgeryError(
                code: "target.head", subject: site.name, message: "it has no part for a single head",
                remedy: "name z, q, k, v or pattern of the head")
        }
        guard (0..<blueprint.headCount).contains(head) else {
            throw SurgeryError(
                code: "target.head", subject: "head \(head) of layer \(layer)", message: "there is no such head",
                remedy: "heads are 0…\(blueprint.headCount - 1)")
        }
        let label = "L\(layer)H\(head)" + (kind == .z ? "" : "." + site.row.member)
        guard groupKinds.contains(kind) else { return try Target(site, .heads([head]), label, of: blueprint) }
        let size = blueprint.headsPerGroup
        let group = head / size
        let note =
            size == 1
            ? nil : "heads \(group * size)…\(group * size + size - 1) of layer \(layer) share this \(site.row.member)"
        return try Target(site, .heads([group]), label, note: note, of: blueprint)
    }

    /// One expert's output, or channels of what is inside it.
    /// - Parameter channels: Channels of the expert's post (or pre, pre-linear); nil for all.
    public static func expert(
        _ expert: Int, layer: Int, _ kind: SiteKind = .expertOut, channels: [Int]? = nil, of blueprint: Blueprint
    ) throws(SurgeryError) -> Target {
        let site = Site(kind, layer: layer, expert: expert)
        let label = "L\(layer)E\(expert)" + (kind == .expertOut ? "" : "." + site.row.member)
        guard let channels else { return try Target(site, .whole, label, of: blueprint) }
        return try self.channels(channels, of: site, label, blueprint)
    }

    /// Channels of a dense layer's inside, or of a shared expert's.
    public static func dense(
        layer: Int, _ kind: SiteKind = .densePost, channels: [Int], of blueprint: Blueprint
    ) throws(SurgeryError) -> Target {
        let site = Site(kind, layer: layer)
        return try self.channels(channels, of: site, "L\(layer).\(site.row.member)", blueprint)
    }

    /// The router's logits, of all experts or of some.
    public static func routerLogits(
        layer: Int, experts: [Int]? = nil, of blueprint: Blueprint
    ) throws(SurgeryError) -> Target {
        let site = Site(.routerLogits, layer: layer)
        guard let experts else { return try Target(site, of: blueprint) }
        let target = try Target(site, .experts(experts.sorted()), "L\(layer).router-logits\(experts)", of: blueprint)
        try check(experts, below: blueprint.layers[layer].expertCount, "expert", site)
        return target
    }

    private static func channels(
        _ channels: [Int], of site: Site, _ label: String, _ blueprint: Blueprint
    ) throws(SurgeryError) -> Target {
        let which = channels.count == 1 ? "\(channels[0])" : "\(channels.count) channels"
        let target = try Target(site, .channels(channels.sorted()), "\(label)[\(which)]", of: blueprint)
        let layer = blueprint.layers[site.layer ?? 0]
        let width =
            switch site.kind {
            case .expertOut, .sharedOut: blueprint.hiddenSize
            case .sharedPre, .sharedPreLinear, .sharedPost: layer.sharedExpertWidth ?? 0
            default: layer.feedForwardWidth
            }
        try check(channels, below: width, "channel", site)
        return target
    }

    private static func check(
        _ indices: [Int], below count: Int, _ what: String, _ site: Site
    ) throws(SurgeryError) {
        if let bad = indices.first(where: { !(0..<count).contains($0) }) {
            throw SurgeryError(
                code: "target.index", subject: site.name, message: "there is no \(what) \(bad)",
                remedy: "\(what)s are 0…\(count - 1)")
        }
        guard !indices.isEmpty, Set(indices).count == indices.count else {
            throw SurgeryError(
                code: "target.index", subject: site.name, message: "the \(what)s are none, or one is named twice",
                remedy: "name each \(what) once")
        }
    }

    private static let headKinds: Set<SiteKind> = [.query, .rotatedQuery, .z, .scores, .pattern]
    private static let groupKinds: Set<SiteKind> = [.key, .value, .rotatedKey]

    /// Whether its value is a table over queries and keys rather than a row a position.
    var isTable: Bool { site.kind == .scores || site.kind == .pattern }
}
