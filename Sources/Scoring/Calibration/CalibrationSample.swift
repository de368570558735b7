import Inference
import Tensors

/// Which windows of a corpus calibrate which weights, and how often.
///
/// A base of windows counts once for every matrix. An expert that gets fewer tokens there than a floor draws further windows in
/// which it fires: first windows that are not in the base, then windows again. Those count for that expert alone, so that
/// nothing else is measured on a skewed text.
public struct CalibrationSample: Sendable, Hashable {
    /// Windows of the base, ascending.
    public let base: [Int]
    /// Tokens that every expert shall get that fires at all.
    public let floor: Int
    /// How often each window counts beyond the base.
    /// - Shape: [layer][expert][window: times].
    public let extra: [[[Int: Int]]]

    /// The windows that are run, ascending.
    public let windows: [Int]
    private let isBase: [Bool]

    /// A base alone: every window, or some of them.
    public init(windowCount: Int, base: [Int]? = nil) {
        self.init(windowCount: windowCount, base: base ?? Array(0..<windowCount), floor: 0, extra: [])
    }

    init(windowCount: Int, base: [Int], floor: Int, extra: [[[Int: Int]]]) {
        var isBase = Array(repeating: false, count: windowCount)
        for window in base { isBase[window] = true }
        var isRun = isBase
        for window in extra.joined().flatMap(\.keys) { isRun[window] = true }
        self.base = base
        self.floor = floor
        self.extra = extra
        self.isBase = isBase
        windows = isRun.indices.filter { isRun[$0] }
    }

    /// How often a window counts for a matrix.
    public func times(_ window: Int, _ role: Role) -> Int {
        let once = isBase[window] ? 1 : 0
        guard let layer = role.layer, let expert = role.expert, extra.indices.contains(layer),
            extra[layer].indices.contains(expert)
        else { return once }
        return once + (extra[layer][expert][window] ?? 0)
    }

    /// Experts that got windows beyond the base.
    public var raisedCount: Int { extra.joined().count { !$0.isEmpty } }
}

extension CalibrationSample {
    /// Draws a sample of a corpus.
    /// - Parameters:
    ///   - windows: Windows of the base; all unless given.
    ///   - floor: Tokens that every expert shall get that fires at all; 0 for no floor.
    ///   - seed: What draws are keyed by.
    ///   - firstToken: As in `Perplexity.measure`.
    /// - Throws: what running throws: with a floor, one pass over the whole corpus sees where experts fire.
    public static func draw(
        from corpus: TokenCorpus, for model: Model, windows: Int? = nil, floor: Int = 0, seed: UInt64 = 0,
        engine: Engine, firstToken: Int? = nil, progress: ((Int) -> Void)? = nil
    ) throws -> CalibrationSample {
        let count = corpus.items.count
        let order = shuffled(Array(0..<count), seed: seed, purpose: "calibration windows")
        let base = order.prefix(windows ?? count).sorted()
        guard floor > 0 else { return CalibrationSample(windowCount: count, base: base) }
        let fired = try firings(model, corpus.sequences(firstToken: firstToken), engine, progress)
        let inBase = Set(base)
        let extra = fired.enumerated().map { layer, experts in
            experts.enumerated().map { expert, counts in
                let own = shuffled(counts.keys.sorted(), seed: seed, purpose: "calibration \(layer) \(expert)")
                let drawn = own.filter { !inBase.contains($0) } + own.filter(inBase.contains)
                return raised(counts, drawn, base: inBase, floor: floor)
            }
        }
        return CalibrationSample(windowCount: count, base: base, floor: floor, extra: extra)
    }

    /// What an expert draws, given how often it fires in each window and the order to draw in.
    private static func raised(_ counts: [Int: Int], _ order: [Int], base: Set<Int>, floor: Int) -> [Int: Int] {
        var tokens = counts.reduce(0) { base.contains($1.key) ? $0 + $1.value : $0 }
        var drawn: [Int: Int] = [:]
        var next = 0
        while tokens < floor, !order.isEmpty {
            let window = order[next % order.count]
            drawn[window, default: 0] += 1
            tokens += counts[window] ?? 0
            next += 1
        }
        return drawn
    }

    /// How often each expert is chosen in each sequence.
    /// - Shape: [layer][expert][sequence: tokens].
    private static func firings(
        _ model: Model, _ sequences: [[Int]], _ engine: Engine, _ progress: ((Int) -> Void)?
    ) throws -> [[[Int: Int]]] {
        var fired = model.blueprint.layers.map { [[Int: Int]](repeating: [:], count: $0.expertCount) }
        var request = ScanRequest(sequences: sequences) { _ in [] }
        request.progress = progress
        request.observer = { seen, base in
            for (place, expert) in seen.indices.enumerated() {
                fired[seen.layer][expert][base + seen.lanes[place / seen.slotCount], default: 0] += 1
            }
        }
        try engine.scan(model, request) { _ in }
        return fired
    }

    private static func shuffled(_ items: [Int], seed: UInt64, purpose: String) -> [Int] {
        let keyed = items.map { (key: KeyedRandom(seed: seed, purpose: purpose, item: $0).bits(0), item: $0) }
        return keyed.sorted { ($0.key, $0.item) < ($1.key, $1.item) }.map(\.item)
    }
}

extension TokenCorpus {
    /// The tokens of its items, each begun with a token in place of its first where one is given.
    public func sequences(firstToken: Int?) -> [[Int]] {
        items.map { item in firstToken.map { [$0] + item.tokens.dropFirst() } ?? item.tokens }
    }
}
