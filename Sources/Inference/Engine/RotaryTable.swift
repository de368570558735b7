import Foundation

/// Cosines and sines of a rule at the positions of a pass.
struct RotaryTable {
    /// - Shape: [row, head dimension / 2].
    let cosines: Rows
    let sines: Rows

    /// The table for some of its rows.
    func gathered(_ rows: [Int]) -> RotaryTable {
        RotaryTable(cosines: cosines.gathered(rows), sines: sines.gathered(rows))
    }

    private init(cosines: Rows, sines: Rows) {
        self.cosines = cosines
        self.sines = sines
    }

    /// The table for some rows' positions.
    ///
    /// Angles are float32 products of position and inverse frequency, as the reference has them: at far positions their
    /// rounding matters more than the last bit of the cosine.
    init(rule: RotaryRule, headDimension: Int, positions: [Int]) {
        let (frequencies, factor) = rule.inverseFrequencies(headDimension: headDimension)
        cosines = Rows(positions.count, width: frequencies.count)
        sines = Rows(positions.count, width: frequencies.count)
        // The sequences of a batch have most positions in common.
        var known: [Int: Int] = [:]
        for (row, position) in positions.enumerated() {
            if let same = known[position] {
                cosines[row].update(from: cosines[same], count: cosines.width)
                sines[row].update(from: sines[same], count: sines.width)
                continue
            }
            known[position] = row
            for (pair, frequency) in frequencies.enumerated() {
                let angle = Double(Float(position) * frequency)
                cosines[row][pair] = Float(cos(angle)) * factor
                sines[row][pair] = Float(sin(angle)) * factor
            }
        }
    }
}

extension RotaryRule {
    /// The inverse frequency of each pair, and what cosine and sine are multiplied by.
    /// - Shape: [head dimension / 2].
    /// - Source: YaRN (Peng et al., 2023), section 3; the reference leaves the ramp's ends unrounded.
    public func inverseFrequencies(headDimension: Int) -> ([Float], Float) {
        let periods = (0..<headDimension / 2).map { pair in
            Float(pow(Double(theta), Double(Float(2 * pair) / Float(headDimension))))
        }
        switch scaling {
        case .none: return (periods.map { 1 / $0 }, 1)
        case .linear(let factor): return (periods.map { 1 / $0 / factor }, 1)
        case .divided(let divisors): return (zip(periods, divisors).map { 1 / $0 / $1 }, 1)
        case .yarn(let yarn):
            let (low, high) = yarn.ramp(theta: theta, headDimension: headDimension)
            let frequencies = periods.enumerated().map { pair, period in
                let ramp = min(max((Float(pair) - Float(low)) / Float(high - low), 0), 1)
                let kept = 1 - ramp
                return 1 / (yarn.factor * period) * (1 - kept) + 1 / period * kept
            }
            return (frequencies, yarn.attentionFactor ?? yarn.defaultAttentionFactor)
        }
    }
}

extension RotaryRule.Yarn {
    /// Between which pairs the frequencies go from kept to stretched.
    func ramp(theta: Float, headDimension: Int) -> (low: Double, high: Double) {
        let dimension = Double(headDimension)
        let pair = { (turns: Float) in
            dimension * log(Double(originalContext) / (Double(turns) * 2 * .pi)) / (2 * log(Double(theta)))
        }
        var (low, high) = (pair(betaFast), pair(betaSlow))
        if truncated { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        (low, high) = (max(low, 0), min(high, dimension - 1))
        return (low, low == high ? high + 0.001 : high)
    }

    var defaultAttentionFactor: Float { factor <= 1 ? 1 : Float(0.1 * log(Double(factor)) + 1) }
}
