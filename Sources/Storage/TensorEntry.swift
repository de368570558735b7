import Formats
import Tensors

/// One tensor of an archive: its name, shape and format, and where its bytes lie.
public struct TensorEntry: Sendable {
    /// The name in the file.
    public let name: String
    /// How its elements are encoded.
    public let format: TensorFormat
    /// Axis lengths, slowest-varying first, as PyTorch prints them (GGUF stores them the other way round).
    public let shape: [Int]
    /// Where the bytes come from.
    public let source: any ByteSource
    /// Where they begin in the source.
    /// - Units: bytes.
    public let offset: Int
    /// How many there are.
    public let byteCount: Int
    /// Which of the archive's files holds them.
    public let file: Int

    /// A tensor whose bytes lie inside its source; the reader that builds it has checked that.
    public init(
        name: String, format: TensorFormat, shape: [Int], source: any ByteSource, offset: Int, byteCount: Int,
        file: Int = 0
    ) {
        self.name = name
        self.format = format
        self.shape = shape
        self.source = source
        self.offset = offset
        self.byteCount = byteCount
        self.file = file
    }

    /// The bytes in the source.
    public var range: Range<Int> { offset..<offset + byteCount }

    /// The number of elements.
    public var elementCount: Int { shape.reduce(1, *) }

    /// Lends the encoded bytes for the length of a call.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try source.withBytes(range, body)
    }

    /// All elements as float32; nil if Lancet does not decode the format.
    /// - Complexity: O(elements); for small tensors and tests.
    public func floats() -> [Float]? {
        guard let format = format.blockFormat else { return nil }
        return withBytes { bytes in
            [Float](unsafeUninitializedCapacity: elementCount) { values, count in
                values.initialize(repeating: 0)
                format.decode(bytes, UnsafeMutableBufferPointer(rebasing: values[..<elementCount]))
                count = elementCount
            }
        }
    }
}
