/// Which experts the layers to come will likely use, and whether such guesses have been worth anything.
struct Foresight {
    /// The units guessed for each layer that has not come yet.
    private var guesses: [Int: [PagedUnit]] = [:]
    /// The last guess, until somebody has acted on it.
    private var news: [PagedUnit] = []
    /// The share of guesses that came true of late.
    private var accuracy = 0.5

    /// Guesses are followed while at least so many come true: a wrong one costs a read and another expert's place.
    private static let leastAccuracy = 0.4
    /// How much one layer's guesses weigh against all before.
    private static let share = 1.0 / 64

    var isTrusted: Bool { accuracy >= Self.leastAccuracy }

    mutating func guess(_ units: [PagedUnit], layer: Int) { (guesses[layer], news) = (units, units) }

    /// The units guessed last, once.
    mutating func takeNews() -> [PagedUnit] {
        defer { news = [] }
        return news
    }

    /// What was guessed of a layer, which comes now.
    mutating func resolve(layer: Int) -> [PagedUnit] { guesses.removeValue(forKey: layer) ?? [] }

    /// Learns how many of a layer's guesses came true.
    mutating func learn(right: Int, of count: Int) {
        if count > 0 { accuracy += (Double(right) / Double(count) - accuracy) * Self.share }
    }

    /// Forgets guesses about layers that will not come.
    mutating func clear() { (guesses, news) = ([:], []) }
}
