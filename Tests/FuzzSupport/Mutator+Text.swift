extension Mutator {
    /// A JSON text in which whole runs between structural characters were dropped, repeated, exchanged or replaced.
    mutating func restructured(_ input: [UInt8], other: [UInt8]) -> [UInt8] {
        var bytes = input
        repeat {
            let marks = Self.marks(bytes), foreign = Self.marks(other)
            guard marks.count > 2 else { return bytes }
            let first = random.below(marks.count - 1)
            let last = min(marks.count - 1, first + 1 + random.below(random.oneIn(4) ? marks.count : 4))
            let part = marks[first]..<marks[last]
            switch random.below(5) {
            case 0: bytes.removeSubrange(part)
            case 1: bytes.insert(contentsOf: bytes[part], at: marks[random.below(marks.count)])
            case 2: bytes.replaceSubrange(part, with: [bytes[part.lowerBound]] + (random.pick(words) ?? []))
            case 3:
                guard foreign.count > 2 else { continue }
                let start = random.below(foreign.count - 1)
                let end = min(foreign.count - 1, start + 1 + random.below(6))
                bytes.replaceSubrange(part, with: other[foreign[start]..<foreign[end]])
            default:
                let depth = 1 << random.below(11)
                let open = random.oneIn(2) ? Array("[".utf8) : Array("{\"a\":".utf8)
                bytes.insert(contentsOf: (0..<depth).flatMap { _ in open }, at: marks[first])
            }
        } while bytes.count < Self.longest && random.oneIn(2)
        return bytes
    }

    private static func marks(_ bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { index in
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
                UInt8(ascii: ":"):
                true
            default: false
            }
        }
    }

    /// A safetensors file whose header was damaged as the JSON text that it is, with a length that fits it.
    mutating func reheaded(_ input: [UInt8], other: [UInt8]) -> [UInt8]? {
        guard let (header, data) = Self.parts(input) else { return nil }
        let foreign = Self.parts(other)?.header ?? other
        let changed =
            random.oneIn(2)
            ? restructured(header, other: foreign) : mutated(header, other: foreign)
        var bytes = withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) }
        bytes += changed
        return bytes + data
    }

    private static func parts(_ bytes: [UInt8]) -> (header: [UInt8], data: [UInt8])? {
        guard bytes.count > 10, bytes[3..<8].allSatisfy({ $0 == 0 }) else { return nil }
        let length = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
        guard 8 + length <= bytes.count else { return nil }
        return (Array(bytes[8..<8 + length]), Array(bytes[(8 + length)...]))
    }
}
