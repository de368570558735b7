/// A GGUF file made by hand, field by field, so that a test can lie in any of them.
struct GGUFBytes {
    var bytes: [UInt8]

    init(version: UInt32 = 3, tensorCount: UInt64 = 0, keyCount: UInt64 = 0) {
        bytes = Array("GGUF".utf8)
        number(version)
        number(tensorCount)
        number(keyCount)
    }

    mutating func number(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ text: String, claiming length: UInt64? = nil) {
        number(length ?? UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// A key with a value of a type, written as given.
    mutating func key(_ name: String, type: UInt32, _ value: [UInt8]) {
        text(name)
        number(type)
        bytes.append(contentsOf: value)
    }

    mutating func key(_ name: String, alignment: UInt32) {
        text(name)
        number(UInt32(4))
        number(alignment)
    }

    /// A tensor of F32, unless another type is named; lengths fastest first, as in the file.
    mutating func tensor(_ name: String, _ lengths: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) {
        text(name)
        number(UInt32(lengths.count))
        for length in lengths { number(length) }
        number(type)
        number(offset)
    }

    mutating func zeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }

    /// Zeros up to where data begin, then as many for the data.
    mutating func data(_ count: Int, alignment: Int = 32) {
        while bytes.count % alignment != 0 { bytes.append(0) }
        zeros(count)
    }
}
