import Tensors

/// A run of bytes of a source, wherever they are used.
public struct SourceRange: Sendable {
    public let source: any ByteSource
    /// Where they lie in the source.
    /// - Units: bytes.
    public let range: Range<Int>

    /// Bytes that lie inside the source; whoever builds it has checked that.
    public init(_ source: any ByteSource, _ range: Range<Int>) {
        self.source = source
        self.range = range
    }

    /// Lends the bytes for the length of a call.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try source.withBytes(range, body)
    }

    /// Both as one, if the other lies right behind this one.
    func joined(with other: SourceRange) -> SourceRange? {
        guard source === other.source, range.upperBound == other.range.lowerBound else { return nil }
        return SourceRange(source, range.lowerBound..<other.range.upperBound)
    }

    /// A part of it, counted from its own start.
    func part(_ part: Range<Int>) -> SourceRange {
        SourceRange(source, range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }
}
