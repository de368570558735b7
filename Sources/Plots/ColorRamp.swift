#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A colour of eight bits a channel.
struct PlotColor: Sendable, Equatable {
    let red: UInt8
    let green: UInt8
    let blue: UInt8

    init(_ hex: UInt32) {
        red = UInt8(hex >> 16 & 0xFF)
        green = UInt8(hex >> 8 & 0xFF)
        blue = UInt8(hex & 0xFF)
    }

    init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The colour as SVG writes it, `#rrggbb`.
    var hex: String {
        func two(_ value: UInt8) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }
        return "#" + two(red) + two(green) + two(blue)
    }

    /// How bright the colour looks, from 0 to 1.
    ///
    /// - Source: WCAG 2.1, relative luminance.
    var luminance: Double {
        0.2126 * OKLab.linear(red) + 0.7152 * OKLab.linear(green) + 0.0722 * OKLab.linear(blue)
    }

    /// Whether white text reads better on this colour than black, by contrast ratio.
    var wantsLightText: Bool { 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 }

    /// The nearest entry of the terminal's 256 colours: of the grey ramp for what is nearly grey, else of the cube, which
    /// keeps the hue of dark colours.
    var paletteIndex: Int {
        let channels = [red, green, blue].map { Int($0) }
        let mean = channels.reduce(0, +) / 3
        if channels.allSatisfy({ abs($0 - mean) < 12 }) { return 232 + min(23, max(0, (mean - 3) / 10)) }
        let levels = channels.map { $0 < 48 ? 0 : $0 < 115 ? 1 : ($0 - 35) / 40 }
        return 16 + 36 * levels[0] + 6 * levels[1] + levels[2]
    }
}

/// A colour in a space where equal steps look equal.
///
/// - Source: B. Ottosson, "A perceptual color space for image processing", 2020 (OKLab).
struct OKLab: Sendable {
    var lightness: Double
    var a: Double
    var b: Double

    init(_ color: PlotColor) {
        let (red, green, blue) = (Self.linear(color.red), Self.linear(color.green), Self.linear(color.blue))
        let l = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
        let m = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
        let s = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
        lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
        a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
        b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    }

    private init(lightness: Double, a: Double, b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    func mixed(with other: OKLab, _ fraction: Double) -> OKLab {
        func mix(_ from: Double, _ to: Double) -> Double { from + (to - from) * fraction }
        return OKLab(lightness: mix(lightness, other.lightness), a: mix(a, other.a), b: mix(b, other.b))
    }

    var color: PlotColor {
        func cubed(_ value: Double) -> Double { value * value * value }
        let l = cubed(lightness + 0.3963377774 * a + 0.2158037573 * b)
        let m = cubed(lightness - 0.1055613458 * a - 0.0638541728 * b)
        let s = cubed(lightness - 0.0894841775 * a - 1.2914855480 * b)
        return PlotColor(
            red: Self.encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            green: Self.encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            blue: Self.encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s))
    }

    static func linear(_ channel: UInt8) -> Double {
        let value = Double(channel) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    private static func encoded(_ linear: Double) -> UInt8 {
        let value = linear <= 0.0031308 ? linear * 12.92 : 1.055 * pow(linear, 1 / 2.4) - 0.055
        return UInt8((min(max(value, 0), 1) * 255).rounded())
    }
}

/// Colours from one end of a range to the other, told apart by lightness alone where hues are not seen.
struct ColorRamp: Sendable {
    private let anchors: [OKLab]

    init(_ hexes: [UInt32]) {
        precondition(hexes.count >= 2)
        anchors = hexes.map { OKLab(PlotColor($0)) }
    }

    /// Blue for negative, near-white at zero, orange for positive: the pair that all common kinds of colour blindness keep apart.
    static let diverging = ColorRamp([0x123F73, 0x2F78B7, 0x93C0E2, 0xF7F6F3, 0xF5B37C, 0xD0691E, 0x7A330A])

    /// Pale sand through green-blue to night blue, steadily darker.
    static let sequential = ColorRamp([0xFAF7EE, 0xCFE5CF, 0x85C6BC, 0x3A9BAE, 0x23689B, 0x1B2F63])

    /// The colour at a place from 0 to 1.
    func color(at place: Double) -> PlotColor {
        let scaled = min(max(place.isNaN ? 0 : place, 0), 1) * Double(anchors.count - 1)
        let index = min(Int(scaled), anchors.count - 2)
        return anchors[index].mixed(with: anchors[index + 1], scaled - Double(index)).color
    }
}
