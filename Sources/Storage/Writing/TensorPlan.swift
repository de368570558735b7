import Tensors

/// A tensor that is to be written: what it is called, what it is, and how its bytes are produced when their turn comes.
public struct TensorPlan: Sendable {
    /// Takes the next bytes of the tensor.
    public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    /// The name in the new file.
    public let name: String
    /// How its elements are encoded.
    public let format: TensorFormat
    /// Axis lengths, slowest-varying first.
    public let shape: [Int]
    /// Gives all bytes in order, in pieces of any size, to the sink.
    public let write: @Sendable (_ sink: Sink) throws -> Void

    /// A tensor whose bytes a closure produces.
    public init(
        name: String, format: TensorFormat, shape: [Int], write: @escaping @Sendable (_ sink: Sink) throws -> Void
    ) {
        self.name = name
        self.format = format
        self.shape = shape
        self.write = write
    }

    /// A tensor copied as it is, perhaps under another name.
    public init(copying entry: TensorEntry, named name: String? = nil) {
        self.init(name: name ?? entry.name, format: entry.format, shape: entry.shape) { sink in
            try entry.withBytes { try sink($0) }
        }
    }

    /// Bytes of the encoded tensor; nil if the shape does not suit the format.
    public var byteCount: Int? { format.byteCount(shape: shape) }
}
