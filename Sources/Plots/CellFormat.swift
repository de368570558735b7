#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How all numbers of one table are written: the same decimals, and a common power of ten where they are far from one.
struct CellFormat: Equatable {
    let decimals: Int
    let exponent: Int

    /// Chooses a format that shows the largest value with about three digits, and whole numbers as they are.
    init(for values: [Double], decimals wanted: Int?) {
        let finite = values.filter(\.isFinite)
        let largest = finite.map(abs).max() ?? 0
        var exponent = 0
        if largest > 0, largest < 0.0095 || largest >= 999_999.5 {
            exponent = Int((floor(log10(largest)) / 3).rounded(.down)) * 3
        }
        self.exponent = exponent
        if let wanted {
            decimals = min(max(wanted, 0), 12)
        } else if exponent == 0, !finite.isEmpty, finite.allSatisfy({ $0 == $0.rounded() }) {
            decimals = 0
        } else {
            let shown = Self.scaled(largest, exponent)
            decimals = shown >= 999.5 ? 0 : shown >= 99.95 ? 1 : largest > 0 && shown < 0.095 ? 3 : 2
        }
    }

    /// The number as a cell shows it.
    func text(_ value: Double) -> String {
        NumberText.fixed(Self.scaled(value, exponent), decimals: decimals, leadingZero: false)
    }

    /// The remark that the common power of ten needs, or nothing.
    var note: String {
        exponent == 0 ? "" : "×10" + NumberText.superscript(exponent)
    }

    /// Two steps, since ten to the power of 308 exists and to the power of 309 does not.
    private static func scaled(_ value: Double, _ exponent: Int) -> Double {
        let half = exponent / 2
        return value / pow(10, Double(half)) / pow(10, Double(exponent - half))
    }
}
