import Tensors

/// Memory of a bounded size for the weights of checkpoints that are larger.
///
/// What every token needs is read once and stays. Experts come when a layer needs them and leave when others need the
/// memory: the one whose next use is to be expected last. Files are read past the page cache, so that what the cache holds
/// is all the memory that they cost. Results do not depend on any of this, as the bytes are the same.
public final class PageCache: @unchecked Sendable {
    /// What is guarded by the lock; what a pass and the readers do to it stands in this type's other files.
    let monitor = Monitor()
    let crew = ReadCrew()
    /// Bytes that slabs may take now, given those that they take of what the system counts.
    private let room: @Sendable (_ touched: Int) -> Int
    private let onFailure: @Sendable () -> Void
    /// Bytes that `room` leaves free, and that working memory may take before it is too much.
    let slack: Int

    /// Units with a slab, each at its own number.
    var resident: [PagedUnit] = []
    /// Slabs of no unit, by size.
    var spare: [Int: [Slab]] = [:]
    /// Bytes of all slabs, and those of them that are not written to yet.
    var held = 0
    var fresh = 0
    /// What they may be at most, as last asked.
    var allowed = 0
    /// Tokens so far.
    var clock = 0.0
    var pass = (layer: 0, layers: 1, tokens: 1)
    /// Units that were found to be needed last, the very last at the end.
    var leaving: [PagedUnit] = []
    /// Threads that wait for readers, and since when there have been any.
    var waiting = 0
    var waitingSince = ContinuousClock.now
    /// The experts foreseen for the layer to come.
    var foresight = Foresight()
    var statistics = PageStatistics()
    private var failure: StorageError?
    /// The checkpoints it serves, and those whose constant part it keeps: known to whoever runs passes alone, and not
    /// guarded, as the last reference to one takes the lock.
    private var groups: [WeakGroup] = []
    private var keeping: [WeakGroup] = []
    /// Whether it serves nothing any more, for whoever still holds it.
    private var isClosed = false

    private struct WeakGroup { weak var group: PagedGroup? }

    /// A cache whose memory may vary.
    /// - Parameters:
    ///   - room: bytes that its memory may take, given those of its bytes that the process's resident set counts.
    ///   - slack: bytes that `room` leaves free.
    ///   - onFailure: called when something could not be read: what is computed from then on is of no use.
    public init(
        room: @escaping @Sendable (_ touched: Int) -> Int, slack: Int = 0,
        onFailure: @escaping @Sendable () -> Void = {}
    ) {
        self.room = room
        self.slack = slack
        self.onFailure = onFailure
    }

    /// A cache of a fixed size.
    /// - Parameter capacity: bytes of memory.
    public convenience init(capacity: Int, onFailure: @escaping @Sendable () -> Void = {}) {
        self.init(room: { _ in capacity }, onFailure: onFailure)
    }

    /// A cache that keeps the whole process within a limit: whatever else it takes, and some memory left free, goes first.
    /// - Parameter limit: bytes that the process may take.
    public convenience init(limit: Int, onFailure: @escaping @Sendable () -> Void = {}) {
        let reserve = Self.reserve(of: limit)
        self.init(
            room: { touched in limit - reserve - (ProcessMemory.resident - touched) }, slack: reserve,
            onFailure: onFailure)
    }

    /// What a limit leaves free: for working memory that grows between two looks, and for what the kernel keeps on our
    /// behalf.
    public static func reserve(of limit: Int) -> Int { max(16 << 20, limit / 32) }

    deinit {
        crew.stop()
        for slab in resident.compactMap(\.slab) + spare.values.joined() { slab.free() }
    }

    /// What it has done, and holds now.
    public var report: PageStatistics {
        let experts = groups.flatMap { $0.group?.pieces ?? [] }.filter { $0.first?.layer != nil }
        return monitor.withLock {
            var report = statistics
            report.readingSeconds = crew.busy / .seconds(1)
            report.held = held
            report.kept = resident.reduce(0) { $0 + ($1.isKept ? $1.slabBytes : 0) }
            report.filled = resident.filter(\.isReady).flatMap(\.reads).reduce(0) { $0 + $1.window.count }
            report.experts = experts.count { $0.allSatisfy(\.isReady) }
            report.expertsInAll = experts.count
            return report
        }
    }

    /// Begins to serve a checkpoint's files.
    private func attach(_ layout: PageLayout) throws(StorageError) -> PagedGroup? {
        let files = layout.openFiles
        if isClosed { return nil }
        var direct: [DirectFile] = []
        for file in files { direct.append(try DirectFile(file)) }
        guard files.count == layout.fileCount else { return nil }
        let group = PagedGroup(self, layout: layout, files: direct)
        for (number, file) in files.enumerated() {
            file.page(from: PagedFile(group, number: number, direct: direct[number]))
            // What opening it has read.
            file.forget(0..<file.count)
        }
        groups.removeAll { $0.group == nil }
        groups.append(WeakGroup(group: group))
        return group
    }

    /// Serves files whose checkpoint has said how they fall into units; others are left to their maps.
    public func serve(_ files: [MappedFile]) throws(StorageError) {
        guard let layout = files.first?.layout, layout.group(of: self) == nil else { return }
        _ = try attach(layout)
    }

    /// Lets all files be read from their maps again, and serves nothing any more: runs made before may still ask.
    public func detach() {
        isClosed = true
        for file in groups.compactMap(\.group).flatMap(\.layout.openFiles) {
            file.page(from: nil)
        }
        (groups, keeping) = ([], [])
    }

    /// Brings what every token needs of some checkpoints into memory, where it stays until others are named.
    /// - Throws: `StorageError` `.noMemory` if there is not room for it and for a layer's experts.
    func keep(_ layouts: [PageLayout]) throws(StorageError) {
        var groups: [PagedGroup] = []
        for layout in layouts {
            if let group = layout.group(of: self) {
                groups.append(group)
            } else if let group = try attach(layout) {
                groups.append(group)
            }
        }
        let isKnown = keeping.count == groups.count && zip(keeping, groups).allSatisfy { $0.group === $1 }
        if isKnown, monitor.withLock({ keptUnits(groups).allSatisfy(\.isReady) }) { return }
        if let error = monitor.withLock({ bring(groups) }) { throw error }
        keeping = groups.map { WeakGroup(group: $0) }
    }

    private func keptUnits(_ groups: [PagedGroup]) -> [PagedUnit] {
        groups.flatMap { $0.pieces.joined().filter { $0.use == .always } }
    }

    /// - Returns: why it cannot be done.
    private func bring(_ groups: [PagedGroup]) -> StorageError? {
        for unit in resident { unit.isKept = false }
        renewRoom()
        let units = keptUnits(groups)
        let kept = units.reduce(0) { $0 + $1.slabBytes }
        let experts = groups.map { $0.layout.bytes(experts: $0.layout.activeExperts) - $0.layout.bytes(experts: 0) }
        let least = kept + (experts.max() ?? 0)
        guard least <= allowed else {
            return StorageError(
                .noMemory, file: groups.first?.layout.openFiles.first?.path ?? "",
                "\(Self.text(least)) are needed: \(Self.text(kept)) for what every token uses and "
                    + "\(Self.text(least - kept)) for one layer's experts; the limit leaves \(Self.text(max(0, allowed)))",
                remedy:
                    "set a memory limit that is \(Self.text(least - allowed)) larger, or quantize the model and save it"
            )
        }
        for unit in units {
            unit.isKept = true
            if unit.slab == nil, let slab = takeSlab(unit.slabBytes) { begin(unit, slab, .now) }
        }
        while units.contains(where: { $0.slab != nil && $0.pending > 0 }) { monitor.wait() }
        if units.contains(where: \.isBroken) {
            for unit in units where unit.isBroken { drop(unit) }
            return failure ?? StorageError(.unreadable, file: "", "weights could not be read")
        }
        return nil
    }

    static func text(_ bytes: Int) -> String {
        let mebibytes = (bytes + (1 << 20) - 1) >> 20
        return mebibytes < 10 << 10 ? "\(mebibytes) MiB" : "\((mebibytes * 10 >> 10) / 10) GiB"
    }

    /// Asks how much memory there is now, and gives back what is too much.
    func renewRoom() {
        allowed = room(held - fresh)
        while held > allowed {
            if let slab = takeSpare() {
                slab.free()
                held -= slab.count
            } else if let unit = nextToLeave(), let slab = release(unit) {
                slab.free()
                held -= slab.count
            } else {
                return
            }
        }
    }

    /// Remembers the first thing that went wrong.
    func fail(_ error: StorageError) {
        monitor.withLock { if failure == nil { failure = error } }
        onFailure()
    }

    /// Whether something could not be read since the last `check()`.
    public var hasFailed: Bool { monitor.withLock { failure != nil } }

    /// Returns if all that was lent was as the files have it, since the last call.
    /// - Throws: `StorageError` of what could not be read.
    public func check() throws(StorageError) {
        let error = monitor.withLock {
            defer { failure = nil }
            return failure
        }
        if let error { throw error }
    }

    func count(bytesRead: Int) { monitor.withLock { statistics.bytesRead += bytesRead } }

    /// Waits until all of some units has been read, and forgets them.
    func finish(_ units: [PagedUnit]) {
        monitor.withLock { wait { units.allSatisfy { $0.pending == 0 } } }
        forget(units)
    }

    /// Forgets units whose files are closed.
    func forget(_ units: [PagedUnit]) {
        monitor.withLock {
            leaving = []
            for unit in units where unit.slab != nil {
                unit.isKept = false
                while unit.pending > 0 {
                    cancel(unit)
                    if unit.pending > 0 { monitor.wait() }
                }
                if unit.slab != nil { drop(unit) }
            }
        }
    }
}
