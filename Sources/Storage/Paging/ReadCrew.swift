import Glibc

/// Reads pieces of units: what is waited for first, what is read ahead while the disk has nothing else to do.
///
/// A disk works on several requests at a time, so a unit is read in pieces, several of them under way at once. The kernel does
/// direct reads by itself; other files, and systems where it does not, are read by threads. All of it is guarded by the monitor.
final class ReadCrew: @unchecked Sendable {
    /// One read.
    struct Piece {
        let cache: PageCache
        let unit: PagedUnit
        let file: DirectFile
        let window: Range<Int>
        let target: UInt

        /// Bytes of it that lie in the file.
        fileprivate var count: Int { max(0, min(window.upperBound, file.size) - window.lowerBound) }

        fileprivate func read() -> StorageError? {
            UnsafeMutableRawPointer(bitPattern: target).flatMap { file.read(window, into: $0) }
        }
    }

    /// How soon a piece is wanted.
    enum Haste { case now, ahead }

    private let monitor = Monitor()
    private var queue: ReadQueue?
    private var now: [Piece] = []
    private var ahead: [Piece] = []
    private var first = 0
    /// What is being read, each at its number, and the numbers that are free.
    private var underWay: [Piece?]
    private var free: [Int]
    /// The numbers of what threads are to read, and whether there are such threads.
    private var left: [Int] = []
    private var hasThreads = false
    private var isStopped = false
    /// When the disk got something to do, and for how long it had before.
    private var busySince: ContinuousClock.Instant?
    private var busyBefore = Duration.zero

    /// Bytes of a piece: long enough for a disk's full rate, short enough that nobody waits long for one read ahead.
    static let pieceBytes = 1 << 20
    /// Pieces under way at a time, and of those that are read ahead.
    private static let most = 16
    private static let mostAhead = 3
    /// Threads that read what the kernel does not read by itself.
    private static let threads = 3

    init() {
        queue = ReadQueue(most: Self.most)
        underWay = Array(repeating: nil, count: Self.most)
        free = Array(0..<Self.most)
        if queue != nil, !start(workOfReaper) {
            queue?.close()
            queue = nil
        }
    }

    private func start(_ work: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?) -> Bool {
        var thread = pthread_t()
        let crew = Unmanaged.passRetained(self)
        guard pthread_create(&thread, nil, work, crew.toOpaque()) == 0 else {
            crew.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Lets the threads end; nothing may be queued any more.
    func stop() {
        monitor.withLock {
            isStopped = true
            monitor.announce()
        }
        queue?.end()
    }

    /// How long there has been something to read.
    var busy: Duration {
        monitor.withLock { busyBefore + (busySince.map { ContinuousClock.now - $0 } ?? .zero) }
    }

    func add(_ pieces: [Piece], _ haste: Haste) {
        monitor.withLock {
            switch haste {
            case .now: now += pieces
            case .ahead: ahead += pieces
            }
            feed()
        }
    }

    /// Lets what is still to be read of a unit go before what nobody waits for.
    func hasten(_ unit: PagedUnit) {
        monitor.withLock {
            now += ahead.filter { $0.unit === unit }
            ahead.removeAll { $0.unit === unit }
            feed()
        }
    }

    /// Takes back what was to be read ahead of a unit, if none of its pieces was begun.
    /// - Returns: whether it was taken back.
    func cancel(_ unit: PagedUnit, pieces: Int) -> Bool {
        monitor.withLock {
            guard ahead.count(where: { $0.unit === unit }) == pieces else { return false }
            ahead.removeAll { $0.unit === unit }
            return true
        }
    }

    /// Begins as many reads as may be under way.
    private func feed() {
        while let piece = next(), let number = free.popLast() {
            if busySince == nil { busySince = .now }
            underWay[number] = piece
            if queue?.begin(piece.window, of: piece.file, into: piece.target, number: number) != true {
                leaveToThreads(number)
            }
        }
    }

    private func next() -> Piece? {
        if free.isEmpty { return nil }
        if first < now.count {
            first += 1
            let piece = now[first - 1]
            if first == now.count {
                now.removeAll(keepingCapacity: true)
                first = 0
            }
            return piece
        }
        return ahead.isEmpty || Self.most - free.count >= Self.mostAhead ? nil : ahead.removeFirst()
    }

    private func leaveToThreads(_ number: Int) {
        left.append(number)
        if !hasThreads { for _ in 0..<Self.threads where start(workOfReader) { hasThreads = true } }
        monitor.announce()
    }

    /// Tells a piece's cache that it was read, or why not, after the next ones have been begun.
    private func end(_ number: Int, _ failure: StorageError?) {
        let piece = monitor.withLock {
            let piece = underWay[number]
            underWay[number] = nil
            free.append(number)
            feed()
            if free.count == Self.most, let since = busySince {
                busyBefore += .now - since
                busySince = nil
            }
            return piece
        }
        if let piece { piece.cache.finished(piece, failure) }
    }

    fileprivate func reap() {
        while let ended = queue?.wait() {
            for (number, count) in ended {
                let piece = monitor.withLock { underWay[number] }
                // What went wrong is found out, and told, by reading it once more.
                end(number, piece.flatMap { count >= $0.count ? nil : $0.read() })
            }
        }
    }

    fileprivate func read() {
        while let number = monitor.withLock({ nextLeft() }) {
            let piece = monitor.withLock { underWay[number] }
            end(number, piece?.read())
        }
    }

    private func nextLeft() -> Int? {
        while left.isEmpty {
            if isStopped { return nil }
            monitor.wait()
        }
        return left.removeFirst()
    }
}

private func workOfReaper(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<ReadCrew>.fromOpaque(argument).takeRetainedValue().reap() }
    return nil
}

private func workOfReader(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<ReadCrew>.fromOpaque(argument).takeRetainedValue().read() }
    return nil
}
