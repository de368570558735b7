import CFiles
import Glibc

/// Direct reads that the kernel does by itself: a disk stays busy while every processor computes, which threads that wait
/// for their turn to ask for the next piece cannot promise.
///
/// Only who waits may close it: the system gives the number of a closed queue to the next one, and whoever still waited at
/// that number would take what the next one's reads have to say.
final class ReadQueue: Sendable {
    private let queue: UInt64
    /// An empty file, whose reads end at once.
    private let nothing: Int32

    /// The number of the read that says that there are no more.
    private static let last = UInt64.max

    /// A queue for so many reads at a time; nil where the system has none.
    init?(most: Int) {
        var queue: UInt64 = 0
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard nothing >= 0 else { return nil }
        guard lf_reads_open(Int32(most + 1), &queue) == 0 else {
            Glibc.close(nothing)
            return nil
        }
        self.queue = queue
        self.nothing = nothing
    }

    deinit { Glibc.close(nothing) }

    /// Begins to read; false if it has to be done in another way.
    func begin(_ window: Range<Int>, of file: DirectFile, into target: UInt, number: Int) -> Bool {
        guard file.isDirect, let bytes = UnsafeMutableRawPointer(bitPattern: target) else { return false }
        return lf_reads_begin(
            queue, file.descriptor, bytes, window.count, Int64(window.lowerBound), UInt64(number)) == 0
    }

    /// Waits for reads to end.
    /// - Returns: the number of each, and the bytes that it read, negative if it could not; nil once there are no more, when
    ///   the queue is closed.
    func wait() -> [(number: Int, count: Int)]? {
        let most = 32
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: most) { numbers in
            withUnsafeTemporaryAllocation(of: Int64.self, capacity: most) { counts in
                guard let first = numbers.baseAddress, let firstCount = counts.baseAddress else { return nil }
                let ended = lf_reads_wait(queue, first, firstCount, Int32(most))
                guard ended >= 0, !(0..<Int(ended)).contains(where: { numbers[$0] == Self.last }) else {
                    close()
                    return nil
                }
                return (0..<Int(ended)).map { (Int(numbers[$0]), Int(counts[$0])) }
            }
        }
    }

    /// Lets whoever waits know that there are no more reads; nothing may be under way.
    func end() {
        var byte: UInt8 = 0
        // A read of no bytes needs no memory that lasts.
        _ = lf_reads_begin(queue, nothing, &byte, 0, 0, Self.last)
    }

    /// Closes a queue that nobody waits for.
    func close() { lf_reads_close(queue) }
}
