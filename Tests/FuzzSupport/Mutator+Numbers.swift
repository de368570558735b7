extension Mutator {
    private static let extremes: [UInt64] = [
        0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 1 << 20, 1 << 24,
        1 << 30, (1 << 30) + 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 32, 1 << 40, 1 << 59, 1 << 60, 1 << 61,
        1 << 62, (1 << 63) - 1, 1 << 63, .max - 31, .max - 7, .max - 1, .max,
    ]
    private static let decimals = [
        "0", "-0", "-1", "1", "2", "8", "255", "4096", "65536", "2147483647", "2147483648", "4294967295", "4294967296",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "1e2", "1e19", "1e308", "1e309", "-1e308", "0.5", "1.0", "1e-400", "100000000",
    ]

    /// An extreme number over what is there, one to eight bytes wide.
    mutating func writeNumber(_ bytes: inout [UInt8], at place: Int) {
        write(&bytes, at: place, Self.extremes[random.below(Self.extremes.count)], width: 1 << random.below(4))
    }

    /// Something else for the next number that looks like a count or a length: extreme, off by one, or about the file's size.
    mutating func writeLength(_ bytes: inout [UInt8], near place: Int) {
        let width = random.oneIn(2) ? 8 : 4
        for at in place..<min(bytes.count, place + 64) where at + width <= bytes.count {
            let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
            guard value > 0 && value < 1 << 20 else { continue }
            let near: [UInt64] = [value &- 1, value &+ 1, value &* 2, UInt64(bytes.count - at), UInt64(bytes.count)]
            let changed = random.oneIn(2) ? random.pick(near) : random.pick(Self.extremes)
            return write(&bytes, at: at, changed ?? 0, width: width)
        }
        writeNumber(&bytes, at: place)
    }

    /// Another number for the next run of digits.
    mutating func writeDecimal(_ bytes: inout [UInt8], near place: Int) {
        func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte < 58 }
        guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Array((random.pick(Self.decimals) ?? "0").utf8))
    }

    private func write(_ bytes: inout [UInt8], at place: Int, _ value: UInt64, width: Int) {
        for index in 0..<width where place + index < bytes.count {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }
}
