/// How a checkpoint's files fall into units; its files know it from when the checkpoint is opened.
public final class PageLayout: Sendable {
    /// Units that cover the files in part; no two share a byte that matters to both.
    public let units: [PageUnit]
    /// Layers that a pass goes through.
    public let layerCount: Int
    /// Experts that a token uses in a layer: as many must have room at a time.
    public let activeExperts: Int
    private let files: [Weak]

    private struct Weak: Sendable { weak let file: MappedFile? }

    /// Tells some files their layout.
    /// - Parameter files: those that the units' numbers count.
    public init(_ files: [MappedFile], units: [PageUnit], layerCount: Int, activeExperts: Int) {
        self.units = units
        self.layerCount = layerCount
        self.activeExperts = activeExperts
        self.files = files.map { Weak(file: $0) }
        for file in files { file.belongs(to: self) }
    }

    /// Bytes of memory for what every token needs and so many experts, the largest.
    public func bytes(experts count: Int) -> Int {
        let kept = units.reduce(0) { $0 + ($1.use == .always ? $1.slabBytes : 0) }
        return kept + count * (units.lazy.filter { $0.use != .always }.map(\.slabBytes).max() ?? 0)
    }

    /// How many files there are.
    var fileCount: Int { files.count }

    /// The files that are still open.
    var openFiles: [MappedFile] { files.compactMap(\.file) }

    /// Whether a cache serves it.
    func group(of cache: PageCache) -> PagedGroup? {
        let group = openFiles.first?.paged?.group
        return group?.cache === cache ? group : nil
    }
}
