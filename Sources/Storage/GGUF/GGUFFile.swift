/// What one GGUF file says: its version, metadata and tensors, before shards are put together.
public struct GGUFFile: Sendable {
    /// 2 or 3.
    public let version: UInt32
    /// Where tensors begin in the data section.
    /// - Units: bytes.
    public let alignment: Int
    /// Keys and values in file order.
    public let metadata: Metadata
    /// Tensors in file order.
    public let tensors: [TensorEntry]
    /// Where the data section begins.
    /// - Units: bytes from the start of the file.
    public let dataOffset: Int
}
