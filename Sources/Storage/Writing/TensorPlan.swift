import Tensors

/// A tensor that is to be written: what it is called, what it is, and where its bytes come from when their turn comes.
public struct TensorPlan: Sendable {
    /// Takes the next bytes of the tensor.
    public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    /// A run of the tensor's bytes.
    public enum Part: Sendable {
        /// Bytes that lie somewhere as they are to be written.
        case copy(SourceRange)
        /// Bytes that a closure computes and gives, in order and in pieces of any size, to the sink.
        case produce(@Sendable (_ sink: Sink) throws -> Void)
    }

    /// The name in the new file.
    public let name: String
    /// How its elements are encoded.
    public let format: TensorFormat
    /// Axis lengths, slowest-varying first.
    public let shape: [Int]
    /// Its bytes, in order.
    public let parts: [Part]

    /// A tensor whose bytes are put together from parts; ranges that lie side by side become one.
    public init(name: String, format: TensorFormat, shape: [Int], parts: some Sequence<Part>) {
        self.name = name
        self.format = format
        self.shape = shape
        self.parts = Self.joined(parts)
    }

    /// A tensor whose bytes a closure produces.
    public init(
        name: String, format: TensorFormat, shape: [Int], write: @escaping @Sendable (_ sink: Sink) throws -> Void
    ) {
        self.init(name: name, format: format, shape: shape, parts: CollectionOfOne(Part.produce(write)))
    }

    /// A tensor copied as it is, perhaps under another name.
    public init(copying entry: TensorEntry, named name: String? = nil) {
        self.init(
            name: name ?? entry.name, format: entry.format, shape: entry.shape,
            parts: CollectionOfOne(Part.copy(SourceRange(entry.source, entry.range))))
    }

    /// Bytes of the encoded tensor; nil if the shape does not suit the format.
    public var byteCount: Int? { format.byteCount(shape: shape) }

    /// Gives all bytes in order, in pieces of any size, to the sink.
    public func write(_ sink: Sink) throws {
        for part in parts {
            switch part {
            case .copy(let range): try range.withBytes(sink)
            case .produce(let write): try write(sink)
            }
        }
    }

    /// Whether it writes a tensor again as it is.
    func isCopy(of entry: TensorEntry) -> Bool {
        guard name == entry.name, format == entry.format, shape == entry.shape else { return false }
        if entry.byteCount == 0 { return true }
        guard parts.count == 1, case .copy(let range) = parts[0] else { return false }
        return range.source === entry.source && range.range == entry.range
    }

    private static func joined(_ parts: some Sequence<Part>) -> [Part] {
        var joined: [Part] = []
        for part in parts {
            guard case .copy(let next) = part, case .copy(let last)? = joined.last, let both = last.joined(with: next)
            else {
                joined.append(part)
                continue
            }
            joined[joined.count - 1] = .copy(both)
        }
        return joined
    }
}
