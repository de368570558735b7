import Foundation
import Glibc
import Synchronization
import Tensors

/// Threads that digest ranges of sources while bytes are on their way to a file, each range once.
final class DigestCrew: @unchecked Sendable {
    private struct Place: Hashable {
        let source: ObjectIdentifier
        let range: Range<Int>
    }

    private let condition = NSCondition()
    private let isStopped = Atomic<Bool>(false)
    // All below belong to whoever holds the condition's lock.
    /// What each number is the digest of; held, so that sources in `known` stay themselves.
    private var jobs: [[SourceRange]] = []
    private var results: [String?] = []
    private var known: [Place: Int] = [:]
    /// Numbers whose bytes can be read, in order; those before `nextReady` are taken.
    private var ready: [Int] = []
    private var nextReady = 0
    /// Numbers of what is not written yet, and where in the file it will end; in the file's order.
    private var awaited: [(number: Int, end: Int)] = []
    private var nextAwaited = 0
    private var readyBytes = 0
    private var doneCount = 0
    private var isComplete = false
    /// Whether writing waits for digests.
    private var isPressed = false
    private var running = 0
    /// Bytes that may wait to be digested before writing waits too, so that they are still in memory when their turn comes.
    private static let mostReadyBytes = 1 << 30

    /// Starts the threads, one a processor.
    /// - Parameter isPatient: whether others' work goes first: a disk waits for what is being encoded, nobody for digests.
    func start(isPatient: Bool) {
        let count = min(16, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        locked { running = count }
        for _ in 0..<count {
            let thread = Thread { [self] in
                // On Linux this is the calling thread's own.
                if isPatient { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
                work()
                locked {
                    running -= 1
                    condition.broadcast()
                }
            }
            thread.name = "lancet-digest"
            thread.start()
        }
    }

    /// Asks for the digest of bytes that lie in ranges one behind the other.
    /// - Returns: the number under which `digests()` gives it.
    func add(_ ranges: [SourceRange]) -> Int {
        locked {
            let place =
                ranges.count == 1 ? Place(source: ObjectIdentifier(ranges[0].source), range: ranges[0].range) : nil
            if let place, let number = known[place] { return number }
            let number = newNumber(ranges)
            if let place { known[place] = number }
            makeReady(number)
            return number
        }
    }

    /// Asks for the digest of bytes of a file, once `advance` tells that they are written.
    func add(written range: SourceRange) -> Int {
        locked {
            let number = newNumber([range])
            awaited.append((number, range.range.upperBound))
            return number
        }
    }

    /// Tells how much of the file is written; returns when not too much waits.
    func advance(to count: Int) {
        locked {
            while nextAwaited < awaited.count, awaited[nextAwaited].end <= count {
                makeReady(awaited[nextAwaited].number)
                nextAwaited += 1
            }
            guard readyBytes > Self.mostReadyBytes else { return }
            isPressed = true
            condition.broadcast()
            while readyBytes > Self.mostReadyBytes, running > 0, !isStopped.load(ordering: .relaxed) {
                condition.wait()
            }
            isPressed = false
        }
    }

    /// All digests by number, once they are there. Nothing may be added afterwards, and all must have been written.
    /// - Parameter check: called now and then with how many are there, and of how many.
    /// - Throws: what `check` throws.
    func digests(_ check: (_ done: Int, _ total: Int) throws -> Void) throws -> [String] {
        condition.lock()
        defer { condition.unlock() }
        precondition(nextAwaited == awaited.count, "bytes that nobody wrote")
        isComplete = true
        condition.broadcast()
        while running > 0 {
            try check(doneCount, jobs.count)
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05))
        }
        return results.compactMap(\.self)
    }

    /// Ends the threads, whatever is left to do, and waits for their end: nobody reads the sources afterwards.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        locked {
            isComplete = true
            condition.broadcast()
            while running > 0 { condition.wait() }
        }
    }

    /// Digests side by side what is ready, until all is done.
    private func work() {
        var lanes = SHA256Lanes()
        while !isStopped.load(ordering: .relaxed) {
            while lanes.count < SHA256Way.bestWidth, let (number, ranges) = next(isHolding: lanes.count > 0) {
                lanes.add(number, ranges)
            }
            guard lanes.count > 0 else { return }
            let ended = lanes.step()
            if !ended.isEmpty { finish(ended) }
        }
    }

    /// The next job, waited for as long as there can be one: lanes that stand empty take as long as full ones.
    private func next(isHolding: Bool) -> (number: Int, ranges: [SourceRange])? {
        locked {
            while !isStopped.load(ordering: .relaxed) {
                if nextReady < ready.count {
                    defer { nextReady += 1 }
                    return (ready[nextReady], jobs[ready[nextReady]])
                }
                if isComplete || isPressed && isHolding { return nil }
                condition.wait()
            }
            return nil
        }
    }

    private func finish(_ ended: [SHA256Lanes.Digest]) {
        for range in locked({ ended.flatMap { jobs[$0.number] } }) {
            (range.source as? WrittenBytes)?.forget(range.range)
        }
        locked {
            for (number, text) in ended {
                readyBytes -= Self.byteCount(jobs[number])
                results[number] = text
            }
            doneCount += ended.count
            condition.broadcast()
        }
    }

    // The lock is held.
    private func newNumber(_ ranges: [SourceRange]) -> Int {
        jobs.append(ranges)
        results.append(nil)
        return jobs.count - 1
    }

    // The lock is held.
    private func makeReady(_ number: Int) {
        ready.append(number)
        readyBytes += Self.byteCount(jobs[number])
        condition.broadcast()
    }

    private static func byteCount(_ ranges: [SourceRange]) -> Int { ranges.reduce(0) { $0 + $1.range.count } }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}
