/// A number type that a container can hold and Lancet carries without computing with it.
///
/// Floating-point types that weights are read in (F32, F16, BF16) are block formats instead.
public enum PlainType: String, Hashable, Sendable, CaseIterable {
    case bool, f4, f6_e2m3, f6_e3m2, u8, i8, f8_e5m2, f8_e4m3, f8_e8m0, f8_e4m3fnuz, f8_e5m2fnuz
    case i16, u16, i32, u32, c64, f64, i64, u64

    /// The spelling shown to people, such as `u8`.
    public var name: String { rawValue }

    /// Width of an element.
    /// - Units: bits.
    public var bits: Int {
        switch self {
        case .f4: 4
        case .f6_e2m3, .f6_e3m2: 6
        case .bool, .u8, .i8, .f8_e5m2, .f8_e4m3, .f8_e8m0, .f8_e4m3fnuz, .f8_e5m2fnuz: 8
        case .i16, .u16: 16
        case .i32, .u32: 32
        case .c64, .f64, .i64, .u64: 64
        }
    }

    /// The number that GGUF gives it; nil where GGUF has none.
    public var ggmlID: UInt32? {
        switch self {
        case .i8: 24
        case .i16: 25
        case .i32: 26
        case .i64: 27
        case .f64: 28
        default: nil
        }
    }
}
