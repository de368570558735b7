import Tensors

/// A source whose byte at each offset is the byte of an open file at that offset, so that the kernel can copy it.
protocol DescriptorBacked: ByteSource {
    /// The open file, as long as the source lives.
    var descriptor: Int32 { get }
}
