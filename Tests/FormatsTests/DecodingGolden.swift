import Documents
import Formats
import TestSupport
import Testing

/// Random and adversarial blocks of one type, with checksums of what the gguf package and ggml decode from them.
struct DecodingGolden: CustomTestStringConvertible {
    let format: BlockFormat
    /// Where a block keeps half-precision scales.
    let halves: [Int]
    /// Halves that are infinite, NaN, subnormal or extreme.
    let special: [UInt16]
    let count: Int
    /// Checksums of the numbers of all blocks of each kind.
    let checksums: [UInt32]
    /// The numbers of block 0.
    let first: [Float]

    var testDescription: String { format.name }

    /// The kinds of block, in the order of the checksums.
    static let kinds = [
        "random", "random", "special scales", "zero scales", "all ones", "all zeros", "one byte", "subnormal scales",
    ]

    /// All of `Tests/Fixtures/blocks/decoding.json` that Lancet decodes.
    static let all: [DecodingGolden] = {
        guard let data = try? Fixtures.data("blocks/decoding.json"), let document = try? JSON(parsing: Array(data)),
            let cases = document["cases"]?.asArray
        else { return [] }
        let special = integers(document["special"]).map { UInt16($0) }
        return cases.compactMap { entry -> DecodingGolden? in
            guard let format = BlockFormats.named(entry["type"]?.asString ?? "") else { return nil }
            return DecodingGolden(
                format: format, halves: integers(entry["halves"]), special: special,
                count: entry["blocks"]?.asInteger ?? 0, checksums: integers(entry["checksums"]).map { UInt32($0) },
                first: BlockGolden.floats(hex: entry["first"]?.asString ?? ""))
        }
    }()

    private static func integers(_ value: JSON?) -> [Int] { (value?.asArray ?? []).compactMap { $0.asInteger } }

    /// The bytes of a block, made as `Scripts/make-decoding-goldens.py` says.
    func block(_ index: Int) -> [UInt8] {
        let turn = index / 8
        var bytes = (0..<format.blockBytes).map { position -> UInt8 in
            let step = UInt64(position / 8 + 1) &* 0x9E37_79B9_7F4A_7C15
            let word = Self.mixed(UInt64(format.id) << 32 &+ UInt64(index) &+ step)
            return UInt8(truncatingIfNeeded: word >> UInt64(8 * (position % 8)))
        }
        for position in bytes.indices where !halves.contains(where: { $0 == position || $0 + 1 == position }) {
            if index % 8 == 4 { bytes[position] = 0xFF }
            if index % 8 == 5 { bytes[position] = 0 }
        }
        if index % 8 == 6 { bytes = bytes.map { _ in UInt8(truncatingIfNeeded: turn) } }
        for (order, position) in halves.enumerated() {
            var half = UInt16(bytes[position]) | UInt16(bytes[position + 1]) << 8
            switch index % 8 {
            case 2: half = special[(turn + 5 * order) % special.count]
            case 3: half &= 0x8000
            case 7: half &= 0x83FF
            default: break
            }
            (bytes[position], bytes[position + 1]) = (UInt8(half & 255), UInt8(half >> 8))
        }
        return bytes
    }

    private static func mixed(_ state: UInt64) -> UInt64 {
        let once = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        let twice = (once ^ once >> 27) &* 0x94D0_49BB_1331_11EB
        return twice ^ twice >> 31
    }
}

/// CRC-32 as zlib computes it.
struct CyclicChecksum {
    private static let table = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    private var state: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~state }

    /// Adds the bytes of a float32, little-endian; every NaN counts as the same.
    mutating func add(_ number: Float) {
        let bits = number.isNaN ? 0x7FC0_0000 : number.bitPattern
        for shift: UInt32 in [0, 8, 16, 24] { state = state >> 8 ^ Self.table[Int((state ^ bits >> shift) & 255)] }
    }
}
