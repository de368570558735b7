/// Where the keys and tensors of a sound GGUF file lie, so that they can be dropped, repeated and exchanged whole.
struct GGUFOutline {
    private(set) var keys: [Range<Int>] = []
    private(set) var tensors: [Range<Int>] = []
    private var place = 24
    private let bytes: [UInt8]

    /// Nil where the file cannot be followed.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.starts(with: Array("GGUF".utf8)), let tensorCount = number(at: 8, width: 8),
            let keyCount = number(at: 16, width: 8), tensorCount < 1 << 12, keyCount < 1 << 12
        else { return nil }
        for _ in 0..<keyCount {
            let start = place
            guard skipText(), let type = take(4), skipValue(type, depth: 0) else { return nil }
            keys.append(start..<place)
        }
        for _ in 0..<tensorCount {
            let start = place
            guard skipText(), let rank = take(4), rank < 16, skip(rank * 8 + 12) else { return nil }
            tensors.append(start..<place)
        }
    }

    /// Where the tensors' descriptions end.
    var headerEnd: Int { place }

    private func number(at offset: Int, width: Int) -> Int? {
        guard offset + width <= bytes.count else { return nil }
        let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
        return value < 1 << 30 ? Int(value) : nil
    }

    private mutating func take(_ width: Int) -> Int? {
        defer { place += width }
        return number(at: place, width: width)
    }

    private mutating func skip(_ count: Int) -> Bool {
        place += count
        return place <= bytes.count
    }

    private mutating func skipText() -> Bool { take(8).map { skip($0) } ?? false }

    /// Bytes of a value of fixed length.
    private static func width(_ type: Int) -> Int? {
        switch type {
        case 0, 1, 7: 1
        case 2, 3: 2
        case 4, 5, 6: 4
        case 10, 11, 12: 8
        default: nil
        }
    }

    private mutating func skipValue(_ type: Int, depth: Int) -> Bool {
        if let width = Self.width(type) { return skip(width) }
        if type == 8 { return skipText() }
        guard type == 9, depth == 0, let element = take(4), let count = take(8), count <= bytes.count else {
            return false
        }
        if let width = Self.width(element) { return skip(count * width) }
        for _ in 0..<count where !skipValue(element, depth: 1) { return false }
        return true
    }
}

extension Mutator {
    /// A GGUF file whose keys or tensors were dropped, repeated, exchanged or taken from another, with counts that fit.
    mutating func rearranged(_ input: [UInt8], other: [UInt8]) -> [UInt8]? {
        guard let outline = GGUFOutline(input) else { return nil }
        var keys = outline.keys.map { Array(input[$0]) }
        var tensors = outline.tensors.map { Array(input[$0]) }
        let foreign = GGUFOutline(other)
        repeat {
            if random.oneIn(2) {
                rearrange(&keys, foreign?.keys.map { Array(other[$0]) } ?? [])
            } else {
                rearrange(&tensors, foreign?.tensors.map { Array(other[$0]) } ?? [])
            }
        } while random.oneIn(3)
        var bytes = Array(input[..<8])
        for count in [tensors.count, keys.count] {
            withUnsafeBytes(of: UInt64(count).littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes += keys.joined()
        bytes += tensors.joined()
        while bytes.count % 32 != 0 { bytes.append(0) }
        return bytes + input[min(input.count, (outline.headerEnd + 31) / 32 * 32)...]
    }

    private mutating func rearrange(_ parts: inout [[UInt8]], _ foreign: [[UInt8]]) {
        guard !parts.isEmpty else { return parts = foreign }
        let (one, two) = (random.below(parts.count), random.below(parts.count))
        switch random.below(6) {
        case 0: parts.remove(at: one)
        case 1: parts.insert(parts[one], at: two)
        case 2: parts.swapAt(one, two)
        case 3: if let part = random.pick(foreign) { parts.insert(part, at: one) }
        case 4: if let part = random.pick(foreign) { parts[one] = part }
        default:
            // The name of one with the value of another.
            let bytes = parts[one]
            let length = bytes.count > 8 ? Int(bytes[0]) + 8 : 0
            let otherLength = parts[two].count > 8 ? Int(parts[two][0]) + 8 : 0
            guard length < bytes.count, otherLength < parts[two].count else { return }
            parts[one] = Array(bytes[..<length] + parts[two][otherLength...])
        }
    }
}
