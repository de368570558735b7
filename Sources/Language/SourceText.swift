/// A half-open range of byte offsets into a `SourceText`.
public struct Span: Hashable, Sendable {
    /// Offset of the first byte.
    public let start: Int
    /// Offset past the last byte.
    public let end: Int

    /// Makes the span `start..<end`; an end before the start makes an empty span.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = max(start, end)
    }

    /// The smallest span that covers both.
    public func joined(_ other: Span) -> Span {
        Span(min(start, other.start), max(end, other.end))
    }
}

/// A script, or a line typed at the prompt, with what is needed to point into it.
public final class SourceText: Sendable {
    /// File name for messages; empty for text typed at the prompt.
    public let name: String
    /// The UTF-8 bytes that every `Span` counts.
    public let bytes: [UInt8]
    private let lineStarts: [Int]

    /// Takes a script's text and the name by which messages call it.
    /// - Complexity: O(length).
    public init(_ text: String, name: String = "") {
        self.name = name
        bytes = Array(text.utf8)
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
        lineStarts = starts
    }

    /// The whole text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text under a span; offsets outside the text are clamped.
    public func text(of span: Span) -> String {
        let start = min(max(span.start, 0), bytes.count)
        return String(decoding: bytes[start..<min(max(span.end, start), bytes.count)], as: UTF8.self)
    }

    /// Line and column, both counted from one, the column in characters.
    public func position(of offset: Int) -> (line: Int, column: Int) {
        let line = lineIndex(of: offset)
        return (line + 1, text(of: Span(lineStarts[line], offset)).count + 1)
    }

    /// The bytes of the line that holds an offset, without its newline.
    func lineSpan(of offset: Int) -> Span {
        let line = lineIndex(of: offset)
        let end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
        return Span(lineStarts[line], end)
    }

    private func lineIndex(of offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
