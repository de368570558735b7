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
    /// Where its bytes lie, in the order in which they are used: which of the checkpoint's files, and which range of it.
    public let parts: [(file: Int, range: Range<Int>)]

    public init(_ use: Use, parts: [(file: Int, range: Range<Int>)]) {
        self.use = use
        self.parts = parts
    }

    /// What of it comes and goes by itself, so that what is used first can be computed with while the rest is read: each
    /// part, with the smaller ones that follow it.
    var pieces: [PageUnit] {
        let least = (parts.map(\.range.count).max() ?? 0) / 2
        var groups: [[(file: Int, range: Range<Int>)]] = []
        for part in parts {
            if let last = groups.indices.last,
                part.range.count < least || groups[last].allSatisfy({ $0.range.count < least })
            {
                groups[last].append(part)
            } else {
                groups.append([part])
            }
        }
        return groups.map { PageUnit(use, parts: $0) }
    }

    /// Bytes of all parts.
    public var byteCount: Int { parts.reduce(0) { $0 + $1.range.count } }

    /// Bytes of memory that it takes: each part in whole pages, with room for wherever it begins in one, so that like units
    /// take alike room.
    var slabBytes: Int {
        parts.reduce(0) { $0 + DirectFile.window(0..<$1.range.count).count + DirectFile.alignment }
    }
}
