#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Numbers as the reader sees them: a real minus sign, a fixed number of decimals, units with sensible prefixes.
public enum NumberText {
    /// The sign in front of a negative number, U+2212.
    public static let minus: Character = "−"

    /// Writes a number with a fixed count of decimals; a value that rounds to zero carries no sign.
    ///
    /// - Parameter leadingZero: `false` writes `.58` for 0.58.
    public static func fixed(_ value: Double, decimals: Int, leadingZero: Bool = true) -> String {
        guard value.isFinite else { return nonFinite(value) }
        var digits = rounded(abs(value), decimals: decimals)
        let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
        if !leadingZero, digits.hasPrefix("0.") { digits.removeFirst() }
        return value < 0 && !isZero ? String(minus) + digits : digits
    }

    /// Writes a number with a fixed count of decimals and always a sign, except for what rounds to zero.
    public static func signed(_ value: Double, decimals: Int) -> String {
        let text = fixed(value, decimals: decimals)
        let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
        return value > 0 && !isZero ? "+" + text : text
    }

    /// Writes a number with a count of significant digits, with a power of ten where it is very large or small.
    public static func general(_ value: Double, significant: Int = 4) -> String {
        guard value.isFinite else { return nonFinite(value) }
        guard value != 0 else { return "0" }
        let digits = min(max(significant, 1), 17)
        let exponent = exponent(of: value, significant: digits)
        if exponent >= -4 && exponent < max(digits, 6) {
            return trimmed(fixed(value, decimals: max(0, digits - 1 - exponent)))
        }
        let mantissa =
            exponent < -300 ? value * 1e300 / pow(10, Double(exponent + 300)) : value / pow(10, Double(exponent))
        let power = exponent < 0 ? String(minus) + String(-exponent) : String(exponent)
        return trimmed(fixed(mantissa, decimals: digits - 1)) + "e" + power
    }

    /// Writes a count of bytes with binary prefixes: `27.4 MiB`.
    ///
    /// - Units: bytes in, KiB, MiB, GiB, TiB, PiB or EiB out.
    public static func bytes(_ count: some BinaryInteger) -> String {
        scaled(Double(count), step: 1024, units: [" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"], always: true)
    }

    /// Writes a count of bytes with decimal prefixes: `17.2 GB`.
    ///
    /// - Units: bytes in, kB, MB, GB, TB, PB or EB out.
    public static func decimalBytes(_ count: some BinaryInteger) -> String {
        scaled(Double(count), step: 1000, units: [" B", " kB", " MB", " GB", " TB", " PB", " EB"], always: true)
    }

    /// Writes a count with three or so digits: `14.4M`, `820K`, `30.5B`.
    public static func count(_ count: some BinaryInteger) -> String {
        scaled(Double(count), step: 1000, units: ["", "K", "M", "B", "T", "Q"], always: false)
    }

    /// Writes every digit of a whole number in groups of three: `201,088`.
    public static func grouped(_ count: some BinaryInteger) -> String {
        let digits = Array(String(count.magnitude))
        var text = count < 0 ? String(minus) : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Writes a fraction as a percentage: `31%`.
    public static func percent(_ fraction: Double, decimals: Int = 0) -> String {
        fixed(fraction * 100, decimals: decimals) + "%"
    }

    /// Writes a duration: `0.02 s`, `3.4 s`, `2 min 05 s`, `1 h 07 min`.
    ///
    /// - Units: seconds in.
    public static func duration(_ seconds: Double, decimals: Int = 2) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return nonFinite(seconds) + " s" }
        if seconds < 9.995 { return fixed(seconds, decimals: decimals) + " s" }
        if seconds < 59.95 { return fixed(seconds, decimals: min(decimals, 1)) + " s" }
        let whole = Int(seconds.rounded())
        func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        return "\(whole / 3600) h \(twoDigits(whole / 60 % 60)) min"
    }

    /// Writes a whole number in raised digits, for powers of ten.
    public static func superscript(_ value: Int) -> String {
        let raised: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        let digits = String(value.magnitude).map { raised[$0.wholeNumberValue ?? 0] }
        return (value < 0 ? "⁻" : "") + String(digits)
    }

    private static func nonFinite(_ value: Double) -> String {
        value.isNaN ? "nan" : value < 0 ? "\(minus)∞" : value == .infinity ? "∞" : String(value)
    }

    /// One unit is skipped past the point where rounding would show four digits before it.
    private static func scaled(_ value: Double, step: Double, units: [String], always: Bool) -> String {
        var magnitude = abs(value)
        var unit = 0
        while unit + 1 < units.count, magnitude >= (unit == 0 ? step : step - 0.5) {
            magnitude /= step
            unit += 1
        }
        let decimals = unit == 0 || magnitude >= (always ? 999.95 : 99.95) ? 0 : 1
        return (value < 0 ? String(minus) : "") + rounded(magnitude, decimals: decimals) + units[unit]
    }

    /// The C library rounds the exact binary value, which repeated multiplication would not.
    private static func rounded(_ magnitude: Double, decimals: Int) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let places = Int32(min(max(decimals, 0), 40))
        let length = withVaList([places, magnitude]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
        return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func exponent(of value: Double, significant: Int) -> Int {
        var buffer = [CChar](repeating: 0, count: 400)
        let places = Int32(significant - 1)
        let length = withVaList([places, abs(value)]) { vsnprintf(&buffer, buffer.count, "%.*e", $0) }
        let text = String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "e").last.flatMap { Int($0) } ?? 0
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var result = text
        while result.hasSuffix("0") { result.removeLast() }
        if result.hasSuffix(".") { result.removeLast() }
        return result
    }
}
