import Tensors

/// An array of GGUF metadata, left packed as it lies in the file: a vocabulary of 200,000 tokens costs nothing until
/// someone asks for it, and is written back byte for byte.
public struct MetadataArray: Sendable {
    /// What it holds. Never `.array`: nested arrays are refused by the reader.
    public let elementType: MetadataType
    /// The number of elements.
    public let count: Int
    let source: any ByteSource
    let range: Range<Int>

    /// An array over packed bytes that hold exactly `count` elements; the reader has checked that.
    init(elementType: MetadataType, count: Int, source: any ByteSource, range: Range<Int>) {
        self.elementType = elementType
        self.count = count
        self.source = source
        self.range = range
    }

    /// Bytes of the packed elements.
    public var byteCount: Int { range.count }

    /// Lends the packed elements as they stand in a file, without type and count.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try source.withBytes(range, body)
    }

    /// The elements, if they are strings; bytes that are not UTF-8 are replaced by U+FFFD.
    /// - Complexity: O(bytes), each time it is called.
    public func strings() -> [String]? { map { String(decoding: $0, as: UTF8.self) } }

    /// The bytes of each element, if they are strings.
    /// - Complexity: O(bytes), each time it is called.
    public func stringBytes() -> [[UInt8]]? { map { Array($0) } }

    private func map<Element>(_ transform: (UnsafeRawBufferPointer) -> Element) -> [Element]? {
        guard elementType == .string else { return nil }
        return withBytes { bytes in
            var elements: [Element] = []
            elements.reserveCapacity(count)
            var offset = 0
            for _ in 0..<count {
                let length = Int(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                elements.append(transform(UnsafeRawBufferPointer(rebasing: bytes[offset + 8..<offset + 8 + length])))
                offset += 8 + length
            }
            return elements
        }
    }

    /// The element at an index, if it is a number or a truth value; nil for strings.
    /// - Complexity: O(1).
    public subscript(index: Int) -> MetadataValue? {
        guard let width = elementType.width, index >= 0, index < count else { return nil }
        return withBytes { PackedValue.read(elementType, $0, at: index * width) }
    }

    /// The elements, if all are integers that `Int` holds.
    public func integers() -> [Int]? { all(\.integer) }

    /// The elements as doubles, if they are numbers.
    public func floats() -> [Double]? { all(\.float) }

    /// The elements, if they are truth values.
    public func booleans() -> [Bool]? { all(\.boolean) }

    private func all<Element>(_ transform: (MetadataValue) -> Element?) -> [Element]? {
        guard elementType.width != nil else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for index in 0..<count {
            guard let element = self[index].flatMap(transform) else { return nil }
            elements.append(element)
        }
        return elements
    }
}

extension MetadataArray {
    /// An array of strings.
    public init(_ strings: some Collection<String>) {
        var bytes: [UInt8] = []
        for string in strings { PackedValue.append(string: string.utf8, to: &bytes) }
        self.init(elementType: .string, count: strings.count, packed: bytes)
    }

    /// An array of numbers or truth values of one type; nil if types differ or one is a string or an array.
    public init?(_ elementType: MetadataType, _ values: some Collection<MetadataValue>) {
        guard elementType.width != nil, values.allSatisfy({ $0.type == elementType }) else { return nil }
        var bytes: [UInt8] = []
        for value in values { PackedValue.append(value, to: &bytes) }
        self.init(elementType: elementType, count: values.count, packed: bytes)
    }

    /// An array of signed 32-bit integers.
    public init(_ values: some Collection<Int32>) {
        var bytes: [UInt8] = []
        for value in values { PackedValue.append(.int32(value), to: &bytes) }
        self.init(elementType: .int32, count: values.count, packed: bytes)
    }

    /// An array of float32 values.
    public init(_ values: some Collection<Float>) {
        var bytes: [UInt8] = []
        for value in values { PackedValue.append(.float32(value), to: &bytes) }
        self.init(elementType: .float32, count: values.count, packed: bytes)
    }

    /// An array of truth values.
    public init(_ values: some Collection<Bool>) {
        self.init(elementType: .bool, count: values.count, packed: values.map { $0 ? 1 : 0 })
    }

    private init(elementType: MetadataType, count: Int, packed: [UInt8]) {
        self.init(
            elementType: elementType, count: count, source: MemorySource(packed), range: 0..<packed.count)
    }
}

extension MetadataArray: Hashable {
    /// Whether both hold the same elements, to the bit.
    public static func == (left: MetadataArray, right: MetadataArray) -> Bool {
        guard left.elementType == right.elementType, left.count == right.count, left.byteCount == right.byteCount
        else { return false }
        return left.withBytes { a in right.withBytes { b in a.elementsEqual(b) } }
    }

    /// Feeds type, count and length into a hasher: enough to tell most arrays apart without reading them.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(elementType)
        hasher.combine(count)
        hasher.combine(byteCount)
    }
}
