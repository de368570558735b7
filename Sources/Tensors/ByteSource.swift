/// Where encoded weights come from: a mapped file, an unlinked spill file, a paging cache, or plain memory.
///
/// A source never changes while it lives; whoever holds it may read any range from any thread.
public protocol ByteSource: AnyObject, Sendable {
    /// The number of bytes it holds.
    var count: Int { get }
    /// Lends the bytes of a range for the length of a call.
    ///
    /// The range lies inside `0..<count`: whoever builds a view over a source validates it there.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
    /// Whether its bytes may have to be made first.
    var isDeferred: Bool { get }
    /// Makes bytes that nobody has read yet; called before threads share them, so that all threads make them.
    func prepare()
}

/// A source whose bytes are made when somebody first reads them, and kept from then on.
public protocol DeferredSource: ByteSource {
    /// How many bytes are made together; pieces begin and end at its multiples.
    var unit: Int { get }
    /// Whether the bytes are kept already, so that reading them makes nothing.
    var isReady: Bool { get }
    /// Makes the bytes of a range without keeping them: for whoever reads each once and in order, such as a writer.
    /// - Parameters:
    ///   - range: from one multiple of `unit` to another.
    ///   - bytes: as many as the range.
    func make(_ range: Range<Int>, into bytes: UnsafeMutableRawBufferPointer)
}

extension ByteSource {
    public var isDeferred: Bool { false }
    /// There is nothing to make.
    public func prepare() {}
}

extension DeferredSource {
    public var isDeferred: Bool { true }
    public func prepare() {
        if !isReady { withBytes(0..<0) { _ in } }
    }
}

/// Bytes held in memory: small edited tensors such as a router whose rows were pruned.
public final class MemorySource: ByteSource {
    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The bytes of float32 values, little-endian.
    public convenience init(_ values: [Float]) {
        self.init(values.withUnsafeBytes { Array($0) })
    }

    public var count: Int { bytes.count }

    public func withBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
