import Tensors

/// Damages a file in the ways that find mistakes in readers: flipped bits, extreme numbers, lost and repeated bytes.
enum Damage {
    private static let extremes: [UInt64] = [
        0, 1, 0x7F, 0xFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 30, 1 << 61, 1 << 62, 1 << 63, .max, .max - 7, .max - 31,
    ]

    /// One to three pieces of damage in the header.
    static func apply(to sound: [UInt8], header: Int, _ random: KeyedRandom, _ draw: Int) -> [UInt8] {
        var bytes = sound
        for piece in 0...random.index(below: 3, 32 * draw) {
            let base = 32 * draw + 8 * piece + 1
            let place = random.index(below: min(header, bytes.count), base)
            switch random.index(below: 8, base + 1) {
            case 0...3: bytes[place] ^= 1 << UInt8(random.index(below: 8, base + 2))
            case 4: bytes[place] = UInt8(truncatingIfNeeded: random.bits(base + 2))
            case 5:
                let extreme = extremes[random.index(below: extremes.count, base + 2)]
                let width = [4, 8][random.index(below: 2, base + 3)]
                withUnsafeBytes(of: extreme.littleEndian) { number in
                    for (index, byte) in number.prefix(width).enumerated() where place + index < bytes.count {
                        bytes[place + index] = byte
                    }
                }
            case 6: bytes.remove(at: place)
            default: bytes.insert(bytes[place], at: place)
            }
        }
        return bytes
    }
}
