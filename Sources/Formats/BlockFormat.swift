/// How a row of numbers lies in bytes: blocks of a fixed number of elements and a fixed number of bytes.
///
/// A row is a whole number of blocks; blocks never run across rows.
public struct BlockFormat: Sendable {
    /// The ggml type number, which is also how a format is told from another.
    public let id: UInt32
    /// The ggml spelling in lower case, such as `q8_0`, accepted and shown everywhere.
    public let name: String
    /// Elements a block holds.
    public let blockLength: Int
    /// Bytes a block takes.
    public let blockBytes: Int
    /// Decodes whole blocks to float32, bit for bit as ggml does.
    public let decode: @Sendable (_ bytes: UnsafeRawBufferPointer, _ values: UnsafeMutableBufferPointer<Float>) -> Void
    /// Where layout and rounding are defined.
    public let source: String

    public init(
        id: UInt32, name: String, blockLength: Int, blockBytes: Int,
        decode: @escaping @Sendable (UnsafeRawBufferPointer, UnsafeMutableBufferPointer<Float>) -> Void,
        source: String
    ) {
        self.id = id
        self.name = name
        self.blockLength = blockLength
        self.blockBytes = blockBytes
        self.decode = decode
        self.source = source
    }

    /// Bytes of a row, or nil if the row is not a whole number of blocks or the count overflows.
    public func rowBytes(_ columns: Int) -> Int? {
        guard columns >= 0, columns % blockLength == 0 else { return nil }
        let (bytes, overflow) = (columns / blockLength).multipliedReportingOverflow(by: blockBytes)
        return overflow ? nil : bytes
    }

    /// Bits of storage per weight.
    public var bitsPerWeight: Double { Double(blockBytes) * 8 / Double(blockLength) }
}

extension BlockFormat: Hashable {
    public static func == (a: BlockFormat, b: BlockFormat) -> Bool { a.id == b.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
