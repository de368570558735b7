import Foundation
import Tensors

/// Puts bytes into a file on a thread of its own, in order, while its owner makes the next ones ready.
///
/// Holds a few buffers at most; whoever is ahead waits. Disk writing is begun early, so that the last wait is short.
final class WriteBehind: @unchecked Sendable {
    private enum Job {
        case bytes(Buffer)
        case copy(SourceRange)
    }

    /// Bytes on their way.
    final class Buffer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: WriteBehind.bufferBytes, alignment: 4096)
        var count = 0

        deinit { memory.deallocate() }
    }

    /// Bytes of a buffer.
    static let bufferBytes = 8 << 20
    /// Jobs that wait at most.
    private static let queueLength = 3

    private let condition = NSCondition()
    // All below belong to whoever holds the condition's lock.
    private var jobs: [Job] = []
    private var idle: [Buffer] = []
    private var isWorking = false
    private var isClosed = false
    private var hasEnded = false
    private var failure: (any Error)?

    /// Starts the thread.
    /// - Parameter write: takes one job's bytes; the thread alone calls it.
    init(_ write: @escaping @Sendable (FileJob) throws -> Void) {
        let thread = Thread { [self] in
            while let job = next() {
                do {
                    switch job {
                    case .bytes(let buffer):
                        try write(.bytes(UnsafeRawBufferPointer(rebasing: buffer.memory[..<buffer.count])))
                    case .copy(let range): try write(.copy(range))
                    }
                } catch { fail(error) }
                done(job)
            }
        }
        thread.name = "lancet-write"
        thread.start()
    }

    /// An empty buffer.
    func buffer() -> Buffer { locked { idle.popLast() } ?? Buffer() }

    /// Queues the bytes of a buffer, which belongs to the thread from now on.
    /// - Throws: what an earlier job threw.
    func submit(_ buffer: Buffer) throws { try submit(.bytes(buffer)) }

    /// Queues a copy.
    /// - Throws: what an earlier job threw.
    func submit(_ range: SourceRange) throws { try submit(.copy(range)) }

    /// Waits until everything queued is written.
    /// - Throws: what a job threw.
    func drain() throws {
        condition.lock()
        defer { condition.unlock() }
        while failure == nil, isWorking || !jobs.isEmpty { condition.wait() }
        if let failure { throw failure }
    }

    /// Ends the thread and waits for its end; what is still queued is not written.
    func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        jobs = []
        condition.broadcast()
        while !hasEnded { condition.wait() }
    }

    private func submit(_ job: Job) throws {
        condition.lock()
        defer { condition.unlock() }
        while failure == nil, jobs.count >= Self.queueLength { condition.wait() }
        if let failure { throw failure }
        jobs.append(job)
        condition.broadcast()
    }

    private func next() -> Job? {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty, !isClosed { condition.wait() }
        guard !jobs.isEmpty else {
            hasEnded = true
            condition.broadcast()
            return nil
        }
        isWorking = true
        return jobs.removeFirst()
    }

    private func done(_ job: Job) {
        locked {
            isWorking = false
            if case .bytes(let buffer) = job {
                buffer.count = 0
                idle.append(buffer)
            }
            condition.broadcast()
        }
    }

    private func fail(_ error: any Error) {
        locked {
            if failure == nil { failure = error }
            jobs = []
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}

/// What the writing thread is asked to append.
enum FileJob {
    case bytes(UnsafeRawBufferPointer)
    case copy(SourceRange)
}
