import Glibc

/// How often an expert has been used of late: counts that fade by half every so many tokens.
///
/// With fading counts a cache is frequency-aware and forgets, as LRFU (Lee et al., 2001) does. When the next use is to be
/// expected follows from the rate and from the order of layers, which is known: a pass goes through all of them in turn, so
/// that what was just used is, of equals, needed last (as in Belady, 1966).
struct UsageEstimate {
    private var count = 0.0
    private var stamp = 0.0

    /// Tokens after which a use counts half.
    static let halfLife = 64.0
    /// The rate that is assumed of an expert before anything is known, and for how many tokens that counts.
    private static let prior = (rate: 1.0 / 16, weight: 4.0)

    /// Counts uses by some of the tokens up to a time, which is counted in tokens.
    mutating func count(_ tokens: Int, at time: Double) {
        count = count * exp2((stamp - time) / Self.halfLife) + Double(tokens)
        stamp = time
    }

    /// The share of tokens that use it.
    func rate(at time: Double) -> Double {
        let seen = (1 - exp2(-time / Self.halfLife)) * Self.halfLife / M_LN2
        let faded = count * exp2((stamp - time) / Self.halfLife)
        return min(1, (faded + Self.prior.rate * Self.prior.weight) / (seen + Self.prior.weight))
    }

    /// Layers until the next use is to be expected.
    /// - Parameters:
    ///   - distance: layers until its own comes again.
    ///   - layers: layers of a pass.
    ///   - tokens: tokens of a pass.
    func expectedWait(at time: Double, distance: Int, layers: Int, tokens: Int) -> Double {
        let rate = rate(at: time)
        let isUsed = tokens == 1 ? rate : 1 - pow(1 - rate, Double(tokens))
        return Double(distance) + Double(layers) * (1 / max(isUsed, 1e-9) - 1)
    }
}
