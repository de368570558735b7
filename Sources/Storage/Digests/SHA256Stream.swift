/// One run of bytes on its way through SHA-256.
/// - Source: FIPS 180-4.
struct SHA256Stream {
    static let blockBytes = 64
    static let stateWords = 8

    /// The number under which its digest is wanted.
    let number: Int
    /// Bytes of all ranges.
    let byteCount: Int
    /// Starts as the first 32 bits of the fractional parts of the square roots of the first 8 primes.
    var state: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    private let ranges: [SourceRange]
    /// The range that is next, and how much of it is taken.
    private var next = 0
    private var taken = 0
    /// The beginning of a block whose end lies in another range, or is the end of the run.
    private var pending: [UInt8] = []

    /// Ranges that make up a run, one behind the other.
    init(number: Int, _ ranges: [SourceRange]) {
        self.number = number
        self.ranges = ranges.filter { !$0.range.isEmpty }
        byteCount = ranges.reduce(0) { $0 + $1.range.count }
        pending.reserveCapacity(Self.blockBytes)
    }

    /// Whole blocks that lie side by side and come next.
    var wholeBlocks: Int {
        next < ranges.count && pending.isEmpty ? (ranges[next].range.count - taken) / Self.blockBytes : 0
    }

    /// Those blocks.
    func window(blocks: Int) -> SourceRange { ranges[next].part(taken..<taken + blocks * Self.blockBytes) }

    /// Notes that blocks were taken in.
    mutating func advance(blocks: Int) {
        taken += blocks * Self.blockBytes
        if taken == ranges[next].range.count { (next, taken) = (next + 1, 0) }
    }

    /// Brings it to where whole blocks lie side by side, or to its end; takes in blocks that lie in several ranges.
    mutating func settle() {
        while next < ranges.count, wholeBlocks == 0 {
            let range = ranges[next]
            let count = min(Self.blockBytes - pending.count, range.range.count - taken)
            range.part(taken..<taken + count).withBytes { pending.append(contentsOf: $0) }
            taken += count
            if taken == range.range.count { (next, taken) = (next + 1, 0) }
            guard pending.count == Self.blockBytes else { continue }
            Self.take(pending, &state)
            pending.removeAll(keepingCapacity: true)
        }
    }

    /// Whether all whole blocks are taken in.
    var isAtEnd: Bool { next == ranges.count }

    /// The digest in hexadecimal, of a stream at its end.
    func finished() -> String {
        var state = state
        var rest = pending + [0x80]
        while rest.count % Self.blockBytes != Self.blockBytes - 8 { rest.append(0) }
        withUnsafeBytes(of: (UInt64(byteCount) &* 8).bigEndian) { rest.append(contentsOf: $0) }
        Self.take(rest, &state)
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func take(_ blocks: [UInt8], _ state: UnsafeMutablePointer<UInt32>) {
        blocks.withUnsafeBufferPointer { buffer in
            withUnsafePointer(to: buffer.baseAddress) {
                SHA256Way.best(forStreams: 1).take(state, $0, streams: 1, blocks: blocks.count / blockBytes)
            }
        }
    }
}
