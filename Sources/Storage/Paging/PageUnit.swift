/// Bytes of a checkpoint that are used together, and come into memory and leave it together.
public struct PageUnit: Sendable {
    /// What it is for.
    public enum Use: Sendable, Hashable {
        /// Every token needs it: attention, routers, norms, the output.
        case always
        /// An expert's weights in one layer.
        case expert(layer: Int)
    }

    public let use: Use
    /// Where its bytes lie: which of the checkpoint's files, and in which range of it.
    public let parts: [(file: Int, range: Range<Int>)]

    public init(_ use: Use, parts: [(file: Int, range: Range<Int>)]) {
        self.use = use
        self.parts = parts
    }

    /// Bytes of all parts.
    public var byteCount: Int { parts.reduce(0) { $0 + $1.range.count } }

    /// Bytes of memory that it takes: each part in whole pages, with room for wherever it begins in one, so that like units
    /// take alike room.
    var slabBytes: Int {
        parts.reduce(0) { $0 + DirectFile.window(0..<$1.range.count).count + DirectFile.alignment }
    }
}
