import Formats
import Tensors

/// Blocks of random bytes whose largest weight lies between 2⁻¹² and 2¹².
struct RandomBlocks {
    let format: BlockFormat
    private let random: KeyedRandom
    private var drawn = 0

    init(format: BlockFormat, seed: UInt64, purpose: String) {
        self.format = format
        random = KeyedRandom(seed: seed, purpose: purpose)
    }

    /// The next block and what it decodes to.
    mutating func next() -> (bytes: [UInt8], values: [Float]) {
        while true {
            let bytes = (0..<format.blockBytes).map { index in
                UInt8(truncatingIfNeeded: random.bits(drawn + index / 8) >> UInt64(index % 8 * 8))
            }
            drawn += (format.blockBytes + 7) / 8
            var values = [Float](repeating: 0, count: format.blockLength)
            bytes.withUnsafeBytes { bytes in values.withUnsafeMutableBufferPointer { format.decode(bytes, $0) } }
            if values.allSatisfy({ $0.magnitude <= 0x1p12 }) && values.contains(where: { $0.magnitude >= 0x1p-12 }) {
                return (bytes, values)
            }
        }
    }
}
