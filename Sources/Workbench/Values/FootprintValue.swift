import Architectures
import Documents
import Inference
import Language
import Plots

/// What a model needs to run: weights, a sequence's cache, working rows, and whether that fits.
public struct FootprintValue: SessionValue {
    /// One kind of tensors in one format.
    public struct Weights: Sendable {
        public let role: String
        public let format: String
        public let bytes: Int
    }

    /// The layers of one kind.
    public struct LayerKind: Sendable {
        public let count: Int
        /// Positions that a query sees; nil for all.
        public let window: Int?
        /// Bytes of their caches.
        public let bytes: Int
    }

    /// What a cache of experts would answer of a trace's requests.
    public struct HitRate: Sendable {
        public let bytes: Int
        public let lru: Double
        public let lfu: Double
        public let pinned: Double
    }

    /// Limits that a verdict is given for.
    /// - Units: GiB.
    public static let limits = [4, 6, 8, 12, 16]

    public let model: String
    public let weights: [Weights]
    public let context: Int
    public let arithmetic: Arithmetic
    public let layers: [LayerKind]
    /// Bytes of the rows that a pass works on.
    public let activations: Int
    /// Bytes of the program and of rows kept for the next pass.
    public let overhead: Int
    /// Bytes of one expert at most, and of what stays in memory when experts are paged.
    public let expertBytes: Int
    /// Bytes of the embedding table, of which paging reads single rows; 0 where it is the output, too.
    public let pagedEmbedding: Int
    public let hitRates: [HitRate]
    /// Where the hit rates come from.
    public let trace: String?

    public var weightBytes: Int { weights.reduce(0) { $0 + $1.bytes } }
    public var cacheBytes: Int { layers.reduce(0) { $0 + $1.bytes } }
    public var totalBytes: Int { weightBytes + cacheBytes + activations + overhead }

    private var allExperts: Int { bytes(ModelSize.Group.experts.rawValue) }

    private func bytes(_ role: String) -> Int { weights.filter { $0.role == role }.reduce(0) { $0 + $1.bytes } }

    /// Bytes that a limit leaves for experts where they are paged; negative where it is too small.
    func room(_ gibibytes: Int) -> Int { gibibytes << 30 - (totalBytes - allExperts - pagedEmbedding) }

    public var typeName: String { "memory" }

    public var members: [Member] {
        [
            Member("weights", "bytes of all tensors"), Member("parts", "weights by role and type"),
            Member("kv", "bytes of the cache"), Member("layers", "the cache by kind of layer"),
            Member("activations", "bytes of the rows that a pass works on, at most"),
            Member("overhead", "bytes of the program and of rows kept for the next pass"),
            Member("total"), Member("fits", "a row a limit"),
            Member("hit-rates", "what caches of experts would answer of a trace's requests"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "weights": .number(Double(weightBytes), .bytes)
        case "kv": .number(Double(cacheBytes), .bytes)
        case "activations": .number(Double(activations), .bytes)
        case "overhead": .number(Double(overhead), .bytes)
        case "total": .number(Double(totalBytes), .bytes)
        case "parts": .object(TableValue(typeName: "parts", title: "weights", rows: parts))
        case "layers": .object(TableValue(typeName: "layers", title: "kv cache, \(cacheTitle)", rows: layerTable))
        case "fits": .object(TableValue(typeName: "fits", title: "what fits", rows: verdicts))
        case "hit-rates":
            .object(
                TableValue(
                    typeName: "hit-rates", title: "hits of a cache of experts, share of requests",
                    rows: hitTable ?? ValueTable(columns: Self.hitColumns, rows: []), notes: [trace].compactMap(\.self),
                    picture: picture))
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    private var cacheTitle: String {
        "\(arithmetic.cache) at \(NumberText.grouped(context)) positions"
    }

    private var parts: ValueTable {
        ValueTable(
            columns: ["role", "type", "bytes"],
            rows: weights.map { [.text($0.role), .text($0.format), .bytes($0.bytes)] })
    }

    private var layerTable: ValueTable {
        ValueTable(
            columns: ["kind", "layers", "window", "bytes"],
            rows: layers.map { kind in
                [
                    .text(kind.window == nil ? "full" : "windowed"), .integer(kind.count),
                    kind.window.map { .integer($0) } ?? .hole, .bytes(kind.bytes),
                ]
            })
    }

    private var verdicts: ValueTable {
        ValueTable(
            columns: ["limit", "fits", "experts-kept", "share"],
            rows: Self.limits.map { limit in
                let fits = totalBytes <= limit << 30
                let kept = fits ? allExperts : min(allExperts, max(0, room(limit)))
                return [
                    .text("\(limit)GiB"), .text(fits ? "yes" : "no"), .bytes(kept),
                    allExperts > 0 ? .number(Double(kept) / Double(allExperts), decimals: 3) : .hole,
                ]
            })
    }

    private static let hitColumns = ["cache", "share", "lru", "lfu", "pinned"]

    private var hitTable: ValueTable? {
        guard !hitRates.isEmpty else { return nil }
        return ValueTable(
            columns: Self.hitColumns,
            rows: hitRates.map { rate in
                [
                    .bytes(rate.bytes),
                    .number(Double(rate.bytes) / Double(max(1, hitRates.last?.bytes ?? 0)), decimals: 3),
                    .number(rate.lru, decimals: 4), .number(rate.lfu, decimals: 4), .number(rate.pinned, decimals: 4),
                ]
            })
    }

    private var picture: LineChart? {
        guard let trace, let largest = hitRates.last else { return nil }
        let (scale, unit) = largest.bytes >= 1 << 30 ? (Double(1 << 30), "GiB") : (Double(1 << 20), "MiB")
        return LineChart(
            title: "\(model): hits of a cache of experts", subtitle: [trace],
            series: [
                .init("lru", hitRates.map(\.lru)), .init("lfu", hitRates.map(\.lfu)),
                .init("pinned", hitRates.map(\.pinned)),
            ], places: hitRates.map { Double($0.bytes) / scale }, horizontalTitle: "cache, \(unit)",
            unit: "share of requests")
    }

    public func plot(_ kind: PlotKind?) -> (any Plot)? { kind == nil || kind == .lines ? picture : nil }

    public var table: ValueTable? {
        ValueTable(
            columns: ["part", "bytes"],
            rows: [
                ("weights", weightBytes), ("kv cache", cacheBytes), ("activations", activations),
                ("overhead", overhead), ("total", totalBytes),
            ].map { [.text($0.0), .bytes($0.1)] })
    }

    public func absorb(into digest: inout ValueDigest) {
        for part in weights { digest.mix(part.bytes) }
        for bytes in layers.map(\.bytes) + [activations, overhead] { digest.mix(bytes) }
        for rate in hitRates { for share in [rate.lru, rate.lfu, rate.pinned] { digest.mix(share) } }
    }

    public var json: JSON {
        .fields([
            ("model", .string(model)), ("context", .whole(context)), ("kv", .string("\(arithmetic.cache)")),
            ("weights", .whole(weightBytes)), ("parts", parts.json), ("cache", .whole(cacheBytes)),
            ("layers", layerTable.json), ("activations", .whole(activations)), ("overhead", .whole(overhead)),
            ("total", .whole(totalBytes)), ("fits", verdicts.json), ("hit-rates", hitTable?.json ?? .null),
        ])
    }
}

extension FootprintValue {
    public func text(_ options: TextOptions) -> String {
        var lines = [
            line("weights", weightBytes, byRole + " · " + byFormat),
            line("kv cache", cacheBytes, layers.map(Self.words).joined(separator: ", ") + " · " + cacheTitle),
            line("activations", activations, "at most, reading a prompt"),
            line("overhead", overhead, "the program, and rows kept for the next pass"),
            line("in all", totalBytes, ""),
            "fits in 4 GiB "
                + Self.limits.map { "\($0) \(totalBytes <= $0 << 30 ? "yes" : "no")" }
                .joined(separator: " · ").dropFirst(2),
        ]
        let short = Self.limits.filter { totalBytes > $0 << 30 }
        if !short.isEmpty, allExperts > 0 {
            lines.append("with experts paged " + short.map(paged).joined(separator: " · "))
        }
        if let trace, let hits = hitTable {
            lines.append("hits of a cache of experts, share of requests, higher is better · \(trace)")
            lines.append(hits.plain)
            if let picture { lines.append(picture.text(options)) }
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ name: String, _ bytes: Int, _ facts: String) -> String {
        let size = NumberText.bytes(bytes)
        let padding = String(repeating: " ", count: max(1, 22 - name.count - size.count))
        return name + padding + size + (facts.isEmpty ? "" : "   " + facts)
    }

    /// What a limit keeps where not everything fits.
    private func paged(_ limit: Int) -> String {
        let room = room(limit)
        guard room >= expertBytes else { return "\(limit) GiB too small" }
        return "\(limit) GiB keeps \(NumberText.percent(Double(min(room, allExperts)) / Double(allExperts))) of experts"
    }

    private var byRole: String {
        ModelSize.Group.allCases.map { "\($0.rawValue) \(Self.size(bytes($0.rawValue), in: weightBytes))" }
            .joined(separator: " · ")
    }

    private var byFormat: String {
        var formats: [String: Int] = [:]
        for part in weights { formats[part.format, default: 0] += part.bytes }
        return formats.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \(Self.size($0.value, in: weightBytes))" }.joined(separator: ", ")
    }

    private static func words(_ kind: LayerKind) -> String {
        kind.window.map { "\(kind.count) windowed (\($0))" } ?? "\(kind.count) full layer\(kind.count == 1 ? "" : "s")"
    }

    /// A part's size in the unit that its whole is told in.
    private static func size(_ bytes: Int, in whole: Int) -> String {
        var (scale, limit) = (1.0, 1 << 10)
        while whole >= limit, limit < 1 << 50 { (scale, limit) = (Double(limit), limit << 10) }
        return NumberText.fixed(Double(bytes) / scale, decimals: 1)
    }
}
