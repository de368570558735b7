/// Damages inputs in the ways that find mistakes in readers. What it makes depends on its seed alone.
public struct Mutator {
    /// Inputs are no larger than this.
    /// - Units: bytes.
    public static let longest = 1 << 18

    var random: FuzzRandom
    /// Words of the format, written over or between what is there.
    let words: [[UInt8]]

    public init(seed: UInt64, words: [String]) {
        random = FuzzRandom(seed: seed)
        self.words = words.map { Array($0.utf8) }
    }

    /// One input made of one or two others.
    /// - Parameter range: where damage is done: the rest are data that nothing looks at.
    public mutating func mutated(_ input: [UInt8], other: [UInt8], within range: Range<Int>? = nil) -> [UInt8] {
        var (head, tail) = (input, [UInt8]())
        if let range, range.upperBound < input.count {
            head = Array(input[..<range.upperBound])
            tail = Array(input[range.upperBound...])
        }
        repeat { damage(&head, other) } while head.count < Self.longest && random.oneIn(3)
        return Array((head + tail).prefix(Self.longest))
    }

    private mutating func damage(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !bytes.isEmpty else { return bytes = Array(other.prefix(random.below(64))) }
        let place = random.below(bytes.count)
        switch random.below(16) {
        case 0, 1: bytes[place] ^= 1 << UInt8(random.below(8))
        case 2: bytes[place] = UInt8(truncatingIfNeeded: random.bits())
        case 3, 4: writeNumber(&bytes, at: place)
        case 5, 6: writeLength(&bytes, near: place)
        case 7: bytes.removeLast(min(bytes.count, 1 + random.below(random.oneIn(2) ? 16 : bytes.count)))
        case 8: bytes.removeSubrange(run(bytes, from: place))
        case 9: bytes.insert(contentsOf: bytes[run(bytes, from: place)], at: random.below(bytes.count))
        case 10: splice(&bytes, other, at: place)
        case 11: swapRuns(&bytes, place)
        case 12, 13: writeWord(&bytes, at: place)
        case 14: writeDecimal(&bytes, near: place)
        default:
            let byte = random.oneIn(2) ? bytes[place] : UInt8(truncatingIfNeeded: random.bits())
            bytes.insert(contentsOf: repeatElement(byte, count: 1 << random.below(12)), at: place)
        }
    }

    /// Some bytes from a place on, mostly few.
    mutating func run(_ bytes: [UInt8], from place: Int) -> Range<Int> {
        place..<min(bytes.count, place + 1 + random.below(random.oneIn(4) ? bytes.count : 32))
    }

    private mutating func splice(_ bytes: inout [UInt8], _ other: [UInt8], at place: Int) {
        guard !other.isEmpty else { return }
        if random.oneIn(2) {
            bytes.replaceSubrange(place..., with: other[random.below(other.count)...])
        } else {
            bytes.replaceSubrange(run(bytes, from: place), with: other[run(other, from: random.below(other.count))])
        }
    }

    private mutating func swapRuns(_ bytes: inout [UInt8], _ place: Int) {
        let first = run(bytes, from: place)
        guard first.upperBound < bytes.count else { return }
        let second = run(bytes, from: first.upperBound + random.below(bytes.count - first.upperBound))
        let moved = Array(bytes[second] + bytes[first.upperBound..<second.lowerBound] + bytes[first])
        bytes.replaceSubrange(first.lowerBound..<second.upperBound, with: moved)
    }

    private mutating func writeWord(_ bytes: inout [UInt8], at place: Int) {
        guard let word = random.pick(words) else { return }
        let end = random.oneIn(2) ? place : min(bytes.count, place + word.count)
        bytes.replaceSubrange(place..<end, with: word)
    }
}
