/// The exponential and logarithm of doubles by operations that round alike on every machine.
///
/// Measured values are compared bit for bit when a session is replayed, and the C library's functions differ in their
/// last bit from one processor to the next. Multiplication and addition are never fused here.
public enum Elementary {
    static let logarithmOfTwo = 0x1.62e42fefa39efp-1
    private static let upperPart = 0x1.62e42feep-1
    private static let lowerPart = 0x1.a39ef35793c76p-33
    private static let shifter = 0x1.8p52
    /// 1 / n! from n = 13 down to 2: beyond the thirteenth power nothing reaches the last bit for |r| ≤ ln 2 / 2.
    private static let factorials: [Double] = (2...13).reversed().map { n in
        1 / (1...n).reduce(1.0) { $0 * Double($1) }
    }

    /// eˣ of eight numbers at once, each clamped to −700…700.
    @inline(__always)
    static func exponential(_ x: SIMD8<Double>, _ factorials: UnsafePointer<Double>) -> SIMD8<Double> {
        let clamped = x.replacing(with: -700, where: x .< -700).replacing(with: 700, where: x .> 700)
        let shifted = clamped * (1 / logarithmOfTwo) + shifter
        let n = shifted - shifter
        let r = (clamped - n * upperPart) - n * lowerPart
        var sum = SIMD8<Double>(repeating: factorials[0])
        for index in 1..<12 { sum = sum * r + factorials[index] }
        let value = (sum * r + 1) * r + 1
        let exponent = unsafeBitCast(shifted, to: SIMD8<Int64>.self) &- Int64(bitPattern: shifter.bitPattern)
        return value * unsafeBitCast((exponent &+ 1023) &<< 52, to: SIMD8<Double>.self)
    }

    /// eˣ, x between −700 and 700.
    public static func exponential(_ x: Double) -> Double {
        factorials.withUnsafeBufferPointer { table in
            table.baseAddress.map { exponential(SIMD8(repeating: x), $0)[0] } ?? 1
        }
    }

    /// ln Σ eˣ over a row and, if wanted, each e^(x − ln Σ).
    ///
    /// Element i belongs to lane i mod 8; lanes are added in order.
    static func logSumExp(
        _ row: UnsafePointer<Float>, count: Int, probabilities: UnsafeMutablePointer<Double>? = nil
    ) -> Double {
        factorials.withUnsafeBufferPointer { table in
            guard let table = table.baseAddress, count > 0 else { return -.infinity }
            var most = -Float.infinity
            for index in 0..<count where row[index] > most { most = row[index] }
            let shift = Double(most)
            var sums = SIMD8<Double>.zero
            for start in stride(from: 0, to: count, by: 8) {
                sums += exponential(terms(row, start, count, minus: shift), table)
            }
            var total = 0.0
            for lane in 0..<8 { total += sums[lane] }
            let result = shift + logarithm(total)
            if let probabilities {
                for start in stride(from: 0, to: count, by: 8) {
                    let values = exponential(terms(row, start, count, minus: result), table)
                    for lane in 0..<min(8, count - start) { probabilities[start + lane] = values[lane] }
                }
            }
            return result
        }
    }

    /// ln x of a positive finite number: 2 artanh((m − 1) / (m + 1)) + n ln 2 with x = 2ⁿ m.
    public static func logarithm(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
        var (m, n) = (x.significand, Double(x.exponent))
        if m > 0x1.6a09e667f3bcdp0 { (m, n) = (m / 2, n + 1) }
        let s = (m - 1) / (m + 1)
        let square = s * s
        var sum = 0.0
        for k in stride(from: 21, through: 1, by: -2) { sum = sum * square + 1 / Double(k) }
        return 2 * s * sum + n * logarithmOfTwo
    }

    /// The logarithm to base two.
    static func binaryLogarithm(_ x: Double) -> Double { logarithm(x) / logarithmOfTwo }

    /// Eight shifted elements of a row; −∞ behind its end, of which the clamp makes 10⁻³⁰⁴.
    @inline(__always)
    private static func terms(
        _ row: UnsafePointer<Float>, _ start: Int, _ count: Int, minus shift: Double
    ) -> SIMD8<Double> {
        if start + 8 <= count {
            let values = UnsafeRawPointer(row + start).loadUnaligned(as: SIMD8<Float>.self)
            return SIMD8<Double>(values) - shift
        }
        var result = SIMD8<Double>(repeating: -.infinity)
        for lane in 0..<count - start { result[lane] = Double(row[start + lane]) - shift }
        return result
    }
}
