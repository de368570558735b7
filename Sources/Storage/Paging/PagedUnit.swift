import CFiles

/// A piece of a unit in a cache: where its bytes are read from, and where they lie while they are in memory.
///
/// Everything that varies is guarded by its cache's lock; the bytes of a slab are only read while it is pinned.
final class PagedUnit: @unchecked Sendable {
    /// One range of a file, read as a whole into a place of the slab.
    struct Read {
        /// The file, and its number in the layout.
        let file: DirectFile
        let number: Int
        /// What is wanted of it.
        let range: Range<Int>
        /// The aligned range that is read.
        let window: Range<Int>
        /// Where it begins in the slab.
        let place: Int
    }

    let use: PageUnit.Use
    let reads: [Read]
    /// Bytes of memory that it takes.
    let slabBytes: Int

    /// Where it lies; nil while it does not.
    var slab: Slab?
    /// Reads of parts of the slab that have not ended yet, and where in the slab they go.
    var pending = 0
    var missing: [Range<Int>] = []
    /// Who reads it right now.
    var pins = 0
    /// Whether it stays, because every token of the model that runs needs it.
    var isKept = false
    /// Whether it was read ahead, and nobody has used it yet.
    var isExpected = false
    /// Whether what was read of it cannot be used.
    var isBroken = false
    /// Its number among the units in memory.
    var number = 0
    var usage = UsageEstimate()

    init(_ unit: PageUnit, files: [DirectFile]) {
        use = unit.use
        var reads: [Read] = []
        var place = 0
        for part in unit.parts {
            reads.append(
                Read(
                    file: files[part.file], number: part.file, range: part.range,
                    window: DirectFile.window(part.range), place: place))
            // As the unit's count of bytes has it.
            place += DirectFile.window(0..<part.range.count).count + DirectFile.alignment
        }
        self.reads = reads
        slabBytes = unit.slabBytes
    }

    var isReady: Bool { slab != nil && pending == 0 }

    /// Whether others may have its memory.
    var mayLeave: Bool { pins == 0 && pending == 0 && !isKept && !isExpected }

    /// Whether a range of the slab has been read.
    func holds(_ range: Range<Int>) -> Bool { pending == 0 || !missing.contains { $0.overlaps(range) } }

    /// The layer whose expert it is.
    var layer: Int? { if case .expert(let layer) = use { layer } else { nil } }
}

/// Memory of whole pages for the bytes of a unit.
struct Slab {
    let base: UInt
    let count: Int
    /// Whether nothing was written to it yet, so that it takes no memory.
    var isFresh = true

    /// Fresh memory; nil where the system has none.
    init?(_ count: Int) {
        guard let base = lf_take_pages(count) else { return nil }
        self.base = UInt(bitPattern: base)
        self.count = count
    }

    var pointer: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: base) }

    /// Gives the memory back; nobody may read it any more.
    func free() { if let pointer { lf_give_pages(pointer, count) } }
}
