#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Round numbers along an axis, and how to write them.
struct AxisTicks {
    let values: [Double]
    private let decimals: Int

    /// Chooses about `count` multiples of 1, 2 or 5 times a power of ten inside a range.
    init(low: Double, high: Double, count: Int) {
        let step = Self.step(span: high - low, count: count)
        guard let step, low < high else {
            values = low.isFinite ? [low] : []
            decimals = 2
            return
        }
        // Whole multiples, so that a tick is 0.3 and not the sum of three rounded tenths.
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        values = last - first < 100 ? stride(from: first, through: last, by: 1).map { $0 * step } : [low, high]
        decimals = max(0, -Int(floor(log10(step) + 1e-9)))
    }

    /// Writes one tick; very large and very small ones with a power of ten.
    func label(_ value: Double) -> String {
        guard abs(value) < 1e6, decimals <= 4 else { return NumberText.general(value, significant: 3) }
        return NumberText.fixed(value, decimals: decimals)
    }

    private static func step(span: Double, count: Int) -> Double? {
        guard span.isFinite, span > 0 else { return nil }
        let rough = span / Double(max(count, 1))
        let power = pow(10, floor(log10(rough)))
        guard power.isNormal else { return nil }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999_999 }
    }
}
