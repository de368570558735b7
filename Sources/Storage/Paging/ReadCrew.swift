import Glibc

/// Threads that read pieces of units: what is waited for first, what is read ahead while nothing is.
///
/// A disk works on several requests at a time, so a unit is read in pieces by all threads. Queues are guarded by the monitor.
final class ReadCrew: @unchecked Sendable {
    /// One read.
    struct Piece {
        let cache: PageCache
        let unit: PagedUnit
        let file: DirectFile
        let window: Range<Int>
        let target: UInt
    }

    /// How soon a piece is wanted.
    enum Haste { case now, ahead }

    private let monitor = Monitor()
    private var now: [Piece] = []
    private var ahead: [Piece] = []
    private var first = 0
    private var isStopped = false

    /// Bytes of a piece: long enough for a disk's full rate, short enough that nobody waits long for one read ahead.
    static let pieceBytes = 1 << 20
    private static let threads = 3

    init() {
        for _ in 0..<Self.threads {
            var thread = pthread_t()
            let crew = Unmanaged.passRetained(self)
            if pthread_create(&thread, nil, workOfReader, crew.toOpaque()) == 0 {
                pthread_detach(thread)
            } else {
                crew.release()
            }
        }
    }

    /// Lets the threads end; nothing may be queued any more.
    func stop() {
        monitor.withLock {
            isStopped = true
            monitor.announce()
        }
    }

    func add(_ pieces: [Piece], _ haste: Haste) {
        monitor.withLock {
            switch haste {
            case .now: now += pieces
            case .ahead: ahead += pieces
            }
            monitor.announce()
        }
    }

    /// Lets what is still to be read of a unit go before what nobody waits for.
    func hasten(_ unit: PagedUnit) {
        monitor.withLock {
            now += ahead.filter { $0.unit === unit }
            ahead.removeAll { $0.unit === unit }
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

    private func next() -> Piece? {
        monitor.withLock {
            while !isStopped {
                if first < now.count {
                    first += 1
                    let piece = now[first - 1]
                    if first == now.count {
                        now.removeAll(keepingCapacity: true)
                        first = 0
                    }
                    return piece
                }
                if !ahead.isEmpty { return ahead.removeFirst() }
                monitor.wait()
            }
            return nil
        }
    }

    fileprivate func work() {
        while let piece = next() {
            guard let target = UnsafeMutableRawPointer(bitPattern: piece.target) else { continue }
            let failure = piece.file.read(piece.window, into: target)
            piece.cache.finished(piece, failure)
        }
    }
}

private func workOfReader(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<ReadCrew>.fromOpaque(argument).takeRetainedValue().work() }
    return nil
}
