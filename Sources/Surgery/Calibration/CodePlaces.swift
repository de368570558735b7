import Formats
import Kernels

/// Where the codes of a block's elements lie, and what a code says: what error feedback needs to know of a format beyond its
/// decoder.
///
/// With the scales of a block fixed, element i of code c is worth offset_i + step_i · unit(c). For formats of even steps unit(c)
/// is c; MXFP4 and the IQ4 formats have a table. Steps and offsets are read off the decoder, so they are its own.
/// - Source: ggml's block layouts, as in each format's file.
struct CodePlaces: Sendable {
    /// Bits of one element in one byte.
    struct Bits: Sendable {
        let byte: Int
        let shift: Int
        let count: Int

        func write(_ code: Int, _ block: UnsafeMutablePointer<UInt8>) {
            let mask = UInt8((1 << count - 1) << shift)
            block[byte] = block[byte] & ~mask | UInt8(truncatingIfNeeded: code << shift) & mask
        }
    }

    let format: BlockFormat
    /// The low bits of each element's code.
    private let low: [Bits]
    /// The bits above them, where they lie elsewhere.
    private let high: [Bits]
    /// What each code is worth in steps.
    let units: [Float]
    /// Whether units are even steps, so that the nearest code can be computed.
    let isEven: Bool
    /// The codes of the smallest and the largest unit.
    let extremes: (low: Int, high: Int)

    private init(
        _ format: BlockFormat, units: [Float]? = nil, low: (Int) -> Bits, high: ((Int) -> Bits)? = nil
    ) {
        self.format = format
        self.low = (0..<format.blockLength).map(low)
        self.high = high.map { (0..<format.blockLength).map($0) } ?? []
        let bits = self.low[0].count + (self.high.first?.count ?? 0)
        let values = units ?? (0..<1 << bits).map { Float($0) }
        self.units = values
        isEven = units == nil || format.id == BlockFormat.q8_0.id
        extremes = (
            values.indices.min { values[$0] < values[$1] } ?? 0, values.indices.max { values[$0] < values[$1] } ?? 0
        )
    }

    /// Writes the code of one element.
    func write(_ code: Int, element: Int, _ block: UnsafeMutablePointer<UInt8>) {
        low[element].write(code, block)
        if !high.isEmpty { high[element].write(code >> low[element].count, block) }
    }

    /// The places of a format; nil for one that error feedback cannot write, as float types and the grids.
    static func of(_ format: BlockFormat) -> CodePlaces? {
        switch format.name {
        case "q4_0": return CodePlaces(format, low: halves(from: 2))
        case "q4_1": return CodePlaces(format, low: halves(from: 4))
        case "q5_0": return CodePlaces(format, low: halves(from: 6), high: word(from: 2))
        case "q5_1": return CodePlaces(format, low: halves(from: 8), high: word(from: 4))
        case "q8_0":
            let units = (0..<256).map { Float(Int8(truncatingIfNeeded: $0)) }
            return CodePlaces(format, units: units) { Bits(byte: $0 + 2, shift: 0, count: 8) }
        case "mxfp4": return CodePlaces(format, units: e2m1, low: halves(from: 1))
        case "iq4_nl": return CodePlaces(format, units: iq4, low: halves(from: 2))
        case "iq4_xs": return CodePlaces(format, units: iq4) { halves(from: 8 + $0 / 32 * 16)($0 % 32) }
        case "q2_k": return CodePlaces(format, low: quarters(from: 16))
        case "q3_k":
            return CodePlaces(format, low: quarters(from: 32)) { Bits(byte: $0 % 32, shift: $0 / 32, count: 1) }
        case "q4_k": return CodePlaces(format, low: pairs(from: 16))
        case "q5_k":
            return CodePlaces(format, low: pairs(from: 48)) { Bits(byte: 16 + $0 % 32, shift: $0 / 32, count: 1) }
        case "q6_k":
            return CodePlaces(
                format,
                low: { Bits(byte: $0 / 128 * 64 + $0 % 64, shift: $0 % 128 / 64 * 4, count: 4) },
                high: { Bits(byte: 128 + $0 / 128 * 32 + $0 % 32, shift: $0 % 128 / 32 * 2, count: 2) })
        default: return nil
        }
    }

    /// The formats that error feedback writes, by name.
    static let names = Compute.encodable.filter { of($0) != nil }.map(\.name)

    /// Blocks of 32: byte j holds element j below and element j + 16 above.
    private static func halves(from start: Int) -> (Int) -> Bits {
        { Bits(byte: start + $0 % 16, shift: $0 / 16 * 4, count: 4) }
    }

    /// One bit an element, in four bytes.
    private static func word(from start: Int) -> (Int) -> Bits {
        { Bits(byte: start + $0 / 8, shift: $0 % 8, count: 1) }
    }

    /// Blocks of 256, 64 at a time: 32 bytes hold 32 elements below and the next 32 above.
    private static func pairs(from start: Int) -> (Int) -> Bits {
        { Bits(byte: start + $0 / 64 * 32 + $0 % 32, shift: $0 % 64 / 32 * 4, count: 4) }
    }

    /// Blocks of 256, 128 at a time: 32 bytes hold four runs of 32 elements, two bits each.
    private static func quarters(from start: Int) -> (Int) -> Bits {
        { Bits(byte: start + $0 / 128 * 32 + $0 % 32, shift: $0 % 128 / 32 * 2, count: 2) }
    }

    private static let e2m1: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6]
    private static let iq4: [Float] = [
        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
    ]
}
