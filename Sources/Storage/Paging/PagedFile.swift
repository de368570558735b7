import Tensors

/// The units of one checkpoint in one cache.
final class PagedGroup: @unchecked Sendable {
    let cache: PageCache
    let layout: PageLayout
    /// The pieces of each of the layout's units, in the order in which they are used.
    let pieces: [[PagedUnit]]

    init(_ cache: PageCache, layout: PageLayout, files: [DirectFile]) {
        self.cache = cache
        self.layout = layout
        pieces = layout.units.map { unit in unit.pieces.map { PagedUnit($0, files: files) } }
    }

    deinit { cache.forget(Array(pieces.joined())) }
}

/// Where the bytes of one file are to be found once they are paged.
final class PagedFile: Sendable {
    /// A range of the file that belongs to a unit.
    struct Place: Sendable {
        let range: Range<Int>
        let unit: PagedUnit
        /// Where the range begins in the unit's slab.
        let start: Int
    }

    let group: PagedGroup
    private let direct: DirectFile
    /// By where they begin; none overlaps another.
    private let places: [Place]

    /// What is larger is lent from the map, whose pages are dropped right after.
    /// - Units: bytes.
    private static let longestCopy = 1 << 20

    init(_ group: PagedGroup, number: Int, direct: DirectFile) {
        self.group = group
        self.direct = direct
        var places: [Place] = []
        for unit in group.pieces.joined() {
            for read in unit.reads where read.number == number {
                let start = read.place + read.range.lowerBound - read.window.lowerBound
                places.append(Place(range: read.range, unit: unit, start: start))
            }
        }
        places.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var end = 0
        self.places = places.filter { place in
            guard place.range.lowerBound >= end else { return false }
            end = place.range.upperBound
            return true
        }
    }

    /// The place that holds a whole range; nil where no unit does.
    func place(of range: Range<Int>) -> Place? {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].range.lowerBound <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        guard low > 0, places[low - 1].range.upperBound >= range.upperBound else { return nil }
        return places[low - 1]
    }

    /// Lends the bytes of a range: from the memory of its unit, or read for this one time.
    func withBytes<Result>(
        _ range: Range<Int>, of file: MappedFile, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        if let place = place(of: range) {
            let start = place.start + range.lowerBound - place.range.lowerBound
            if let slab = group.cache.pin(place.unit, start..<start + range.count) {
                defer { group.cache.unpin(place.unit) }
                return try body(
                    UnsafeRawBufferPointer(
                        start: UnsafeRawPointer(bitPattern: slab.base + UInt(start)), count: range.count))
            }
        }
        guard range.count <= Self.longestCopy else {
            defer { file.forget(range) }
            return try file.withMap(range, body)
        }
        let window = DirectFile.window(range)
        return try withUnsafeTemporaryAllocation(byteCount: window.count, alignment: DirectFile.alignment) { bytes in
            if let base = bytes.baseAddress, let failure = direct.read(window, into: base) {
                bytes.initializeMemory(as: UInt8.self, repeating: 0)
                group.cache.fail(failure)
            }
            group.cache.count(bytesRead: window.count)
            let start = range.lowerBound - window.lowerBound
            return try body(
                UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<start + range.count]))
        }
    }
}
