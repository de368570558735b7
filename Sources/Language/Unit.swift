/// What a number counts.
public struct Unit: Hashable, Sendable {
    /// Singular-free name, as shown: `bytes`, `seconds`; empty for a plain number.
    public let name: String

    /// Makes a unit of the host's own, such as nats.
    public init(_ name: String) { self.name = name }

    /// A plain number.
    public static let none = Unit("")
    /// Bytes, written `512B`, `7.5GiB`, `2GB`.
    public static let bytes = Unit("bytes")
    /// A share of one, written `28%`.
    public static let fraction = Unit("%")
    /// Bits, written `4.25bits`: of storage a weight.
    public static let bits = Unit("bits")
    /// Seconds, written `2s` or `20ms`.
    public static let seconds = Unit("seconds")
}

/// The spellings that may touch a number's last digit.
enum UnitSuffix: String, CaseIterable, Sendable {
    case byte = "B"
    case kilobyte = "KB", megabyte = "MB", gigabyte = "GB", terabyte = "TB"
    case kibibyte = "KiB", mebibyte = "MiB", gibibyte = "GiB", tebibyte = "TiB"
    case percent = "%"
    case bit = "bits"
    case second = "s", millisecond = "ms"

    var unit: Unit {
        switch self {
        case .percent: .fraction
        case .bit: .bits
        case .second, .millisecond: .seconds
        default: .bytes
        }
    }

    /// Small units divide, since 28 / 100 is the nearest double to 0.28 and 28 × 0.01 is not.
    func scaled(_ magnitude: Double) -> Double {
        switch self {
        case .byte, .bit, .second: magnitude
        case .percent: magnitude / 100
        case .millisecond: magnitude / 1000
        case .kilobyte: magnitude * 1e3
        case .megabyte: magnitude * 1e6
        case .gigabyte: magnitude * 1e9
        case .terabyte: magnitude * 1e12
        case .kibibyte: magnitude * 1024
        case .mebibyte: magnitude * 1_048_576
        case .gibibyte: magnitude * 1_073_741_824
        case .tebibyte: magnitude * 1_099_511_627_776
        }
    }
}

/// A number as the script writes it, kept so that it prints as it was written.
public struct NumberLiteral: Hashable, Sendable {
    let magnitude: Double
    let suffix: UnitSuffix?

    /// The number it stands for.
    public var number: Number {
        Number(suffix?.scaled(magnitude) ?? magnitude, suffix?.unit ?? .none)
    }

    var negated: NumberLiteral { NumberLiteral(magnitude: -magnitude, suffix: suffix) }

    var text: String { magnitude.shortText + (suffix?.rawValue ?? "") }
}

extension Double {
    /// The shortest text that reads back as the same double, without `.0`.
    var shortText: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
