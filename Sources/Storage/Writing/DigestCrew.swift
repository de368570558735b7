import Foundation
import Synchronization
import Tensors

/// Threads that digest ranges of sources while their bytes are on their way to a file, each range once.
final class DigestCrew: @unchecked Sendable {
    private struct Place: Hashable {
        let source: ObjectIdentifier
        let range: Range<Int>
    }

    private let make: @Sendable () -> any RunningDigest
    private let condition = NSCondition()
    private let isStopped = Atomic<Bool>(false)
    // All below belong to whoever holds the condition's lock.
    private var jobs: [[SourceRange]] = []
    private var results: [String?] = []
    private var known: [Place: Int] = [:]
    private var nextJob = 0
    private var doneCount = 0
    private var isComplete = false
    private var running = 0
    /// Bytes digested between two looks at whether to stop.
    private static let chunk = 1 << 22

    init(_ make: @escaping @Sendable () -> any RunningDigest) { self.make = make }

    /// Starts the threads, one a processor: the writing thread mostly waits.
    func start() {
        let count = min(16, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        condition.lock()
        running = count
        condition.unlock()
        for _ in 0..<count {
            let thread = Thread { [self] in
                while let (number, ranges) = next() { finish(number, digest(ranges)) }
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
            let number = jobs.count
            jobs.append(ranges)
            results.append(nil)
            if let place { known[place] = number }
            condition.signal()
            return number
        }
    }

    /// Takes a digest that was computed elsewhere.
    func add(finished text: String) -> Int {
        locked {
            jobs.append([])
            results.append(text)
            doneCount += 1
            return jobs.count - 1
        }
    }

    /// All digests by number, once they are there. Nothing may be added afterwards.
    /// - Parameter check: called now and then with how many are there, and of how many.
    /// - Throws: what `check` throws.
    func digests(_ check: (_ done: Int, _ total: Int) throws -> Void) throws -> [String] {
        condition.lock()
        defer { condition.unlock() }
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
        condition.lock()
        defer { condition.unlock() }
        isComplete = true
        condition.broadcast()
        while running > 0 { condition.wait() }
    }

    private func next() -> (number: Int, ranges: [SourceRange])? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped.load(ordering: .relaxed) {
            while nextJob < jobs.count, results[nextJob] != nil { nextJob += 1 }
            if nextJob < jobs.count {
                defer { nextJob += 1 }
                return (nextJob, jobs[nextJob])
            }
            if isComplete { return nil }
            condition.wait()
        }
        return nil
    }

    private func digest(_ ranges: [SourceRange]) -> String {
        var digest = make()
        for range in ranges {
            for start in stride(from: 0, to: range.range.count, by: Self.chunk) {
                if isStopped.load(ordering: .relaxed) { break }
                range.part(start..<min(range.range.count, start + Self.chunk)).withBytes { digest.update($0) }
            }
        }
        return digest.text()
    }

    private func finish(_ number: Int, _ text: String) {
        locked {
            results[number] = text
            doneCount += 1
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}
