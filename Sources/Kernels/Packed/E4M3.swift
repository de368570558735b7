/// Eight-bit floating point with four bits of exponent and three of mantissa, without infinities.
///
///     bit 7 sign | bits 6…3 exponent, bias 7 | bits 2…0 mantissa
///
/// The largest number is 448; 0x7F and 0xFF are NaN; exponent 0 holds multiples of 2⁻⁹.
/// - Source: Micikevicius et al., 2022, FP8 Formats for Deep Learning; safetensors' `F8_E4M3`.
public enum E4M3 {
    /// The largest finite number.
    public static let largest: Float = 448

    /// The number that each byte stands for.
    static let values: [Float] = (0..<256).map { code in
        let (exponent, mantissa) = (code >> 3 & 15, Float(code & 7))
        let sign: Float = code < 128 ? 1 : -1
        if code & 127 == 127 { return .nan }
        if exponent == 0 { return sign * mantissa * 0x1p-9 }
        return sign * Float(sign: .plus, exponent: exponent - 7, significand: 1 + mantissa / 8)
    }

    /// The nearest code, ties to even; what is larger than the largest number becomes it.
    static func code(_ value: Float) -> UInt8 {
        if value.isNaN { return 0x7F }
        let sign: UInt8 = value.sign == .minus ? 0x80 : 0
        let size = min(value.magnitude, largest)
        // Below 2⁻⁶ steps are 2⁻⁹; above, an eighth of the number's power of two.
        let exponent = size < 0x1p-6 ? -6 : Int(size.exponent)
        let steps = (size * Float(sign: .plus, exponent: 3 - exponent, significand: 1)).rounded(.toNearestOrEven)
        // Eight steps and more carry into the exponent by themselves.
        return sign | UInt8(Int(steps) + (exponent + 6) * 8)
    }
}
