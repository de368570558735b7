/// A tensor as a safetensors header says, before its place is checked.
struct HeaderEntry {
    let name: String
    let type: String
    let shape: [Int]
    let begin: Int
    let end: Int
}

/// Reads safetensors headers and indices as all programs write them, without building a JSON tree.
///
/// A checkpoint with one tensor an expert and projection has tens of thousands of them, and opening it should not be felt.
/// Whatever is unusual (an escape, an unknown member, a repeated name, any mistake) makes a scan give nil; then the JSON
/// parser reads the bytes instead, and finds the words for what is wrong.
struct HeaderScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// Bytes that no member is shorter than by much, to make room for names at once.
    private static let usualMember = 100

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The texts and the tensors of a header, in their order.
    mutating func header() -> (texts: [(key: String, value: String)], entries: [HeaderEntry])? {
        var texts: [(key: String, value: String)]?
        var entries: [HeaderEntry] = []
        var names = Set<NameBytes>(minimumCapacity: bytes.count / Self.usualMember)
        let isSound = members { scanner, name in
            if name == "__metadata__" {
                guard texts == nil, let pairs = scanner.pairs() else { return false }
                texts = pairs
            } else {
                guard let entry = scanner.entry(name), names.insert(NameBytes(name)).inserted else { return false }
                entries.append(entry)
            }
            return true
        }
        return isSound && isAtEnd() ? (texts ?? [], entries) : nil
    }

    /// The tensors and files of an index, in their order.
    mutating func index() -> [(key: String, value: String)]? {
        var map: [(key: String, value: String)]?
        let isSound = members { scanner, name in
            switch name {
            case "metadata":
                return scanner.members { scanner, _ in scanner.natural() != nil || scanner.string() != nil }
            case "weight_map" where map == nil:
                map = scanner.pairs()
                return map != nil
            default: return false
            }
        }
        return isSound && isAtEnd() ? map : nil
    }

    private mutating func entry(_ name: String) -> HeaderEntry? {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        let isSound = members { scanner, key in
            switch key {
            case "dtype" where type == nil:
                type = scanner.string()
                return type != nil
            case "shape" where shape == nil:
                shape = scanner.naturals()
                return shape != nil
            case "data_offsets" where offsets == nil:
                offsets = scanner.naturals()
                return offsets != nil
            default: return false
            }
        }
        guard isSound, let type, let shape, let offsets, offsets.count == 2 else { return nil }
        return HeaderEntry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    private mutating func pairs() -> [(key: String, value: String)]? {
        var pairs: [(key: String, value: String)] = []
        var names = Set<NameBytes>(minimumCapacity: bytes.count / Self.usualMember)
        let isSound = members { scanner, key in
            guard let value = scanner.string(), names.insert(NameBytes(key)).inserted else { return false }
            pairs.append((key, value))
            return true
        }
        return isSound ? pairs : nil
    }

    /// An object whose members' values a closure reads.
    private mutating func members(_ value: (inout HeaderScanner, String) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let key = string(), take(UInt8(ascii: ":")), value(&self, key) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    private mutating func naturals() -> [Int]? {
        var numbers: [Int] = []
        guard take(UInt8(ascii: "[")) else { return nil }
        if take(UInt8(ascii: "]")) { return numbers }
        repeat {
            guard let number = natural() else { return nil }
            numbers.append(number)
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]")) ? numbers : nil
    }

    /// A number without sign, fraction, exponent and leading zeros, of up to 18 digits.
    private mutating func natural() -> Int? {
        skipSpace()
        let start = position
        var number = 0
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            guard position - start < 18 else { return nil }
            number = 10 * number + Int(digit)
            position += 1
        }
        guard position > start, position - start == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        switch position < bytes.count ? bytes[position] : 0 {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return nil
        default: return number
        }
    }

    /// A string without escapes.
    private mutating func string() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        var joined: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            joined |= byte
            switch byte {
            case UInt8(ascii: "\""):
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return joined < 0x80 ? String(decoding: text, as: UTF8.self) : String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"), 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func isAtEnd() -> Bool {
        skipSpace()
        return position == bytes.count
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
